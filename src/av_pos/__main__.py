"""`python -m av_pos`: the same as `av-pos`."""

import sys

from av_pos.cli import main

sys.exit(main())
