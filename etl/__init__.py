"""From news articles to event tables: read → screen → code → link → publish."""

import os

# One article's matrices are too small to share: threads of BLAS would only get in the way of the processes that code
# side by side. It must be said before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
