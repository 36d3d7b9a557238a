"""The synthesizer `piper`: neural voices that run on this machine."""

import os

# Before onnxruntime is imported, or it sends Microsoft what models are run, and on what.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
