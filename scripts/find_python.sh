#!/bin/sh
# Print a Python that casework runs on, or say in one line what to install. $PYTHON, where it is set, is the only candidate.
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    command -v "$candidate"
    exit 0
  fi
done
found=$("${PYTHON:-python3}" -c 'import platform; print(platform.python_version())' 2>/dev/null)
echo "casework needs Python 3.11 or newer; ${PYTHON:-python3} is ${found:-not there}. Install one, or name yours: make setup PYTHON=/path/to/python3.12" >&2
exit 1
