"""Parameters checked, notebooks run, pages framed: a study's site, with where each page comes from."""

from casework.reports.execute import Limits, RunFailed
from casework.reports.kept import KeptRuns
from casework.reports.kernels import choose_engine
from casework.reports.levels import too_coarse
from casework.reports.loaded import Loaded
from casework.reports.parameters import check_parameters, declared_parameters, read_notebook
from casework.reports.provenance import code_digest, data_digest
from casework.reports.quoted import quoted_out
from casework.reports.runs import Job, Run, Runs, Settings
from casework.reports.site import plan_jobs, publish
from casework.reports.specs import Declared, check_reports

__all__ = [
    "Declared",
    "Job",
    "KeptRuns",
    "Limits",
    "Loaded",
    "Run",
    "RunFailed",
    "Runs",
    "Settings",
    "check_parameters",
    "check_reports",
    "choose_engine",
    "code_digest",
    "data_digest",
    "declared_parameters",
    "plan_jobs",
    "publish",
    "quoted_out",
    "read_notebook",
    "too_coarse",
]
