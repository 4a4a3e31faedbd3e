"""Parameters checked, notebooks run, pages framed: a study's site, with where each page comes from."""

from casework.reports.parameters import check_parameters, declared_parameters, read_notebook
from casework.reports.provenance import code_digest, data_digest
from casework.reports.site import plan_jobs, publish

__all__ = [
    "check_parameters",
    "code_digest",
    "data_digest",
    "declared_parameters",
    "plan_jobs",
    "publish",
    "read_notebook",
]
