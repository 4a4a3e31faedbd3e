"""`python -m casework.cli`, where the command itself is not on the PATH."""

from casework.cli import app

if __name__ == "__main__":
    app(prog_name="casework")
