"""Tests of this folder need the extra `dask`."""

import extra_folders

(
    pytest_report_header, pytest_ignore_collect, pytest_collection_modifyitems
) = extra_folders.hooks(__file__, 'dask', 'distributed')
