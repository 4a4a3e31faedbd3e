"""What the demonstration corpus is made from: annotated texts, and the damage done to them."""
