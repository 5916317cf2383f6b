"""python -m service"""

import sys

if sys.argv[1:2] == ["decoder"]:
    # It imports neither settings nor anything else that could hold a secret.
    from service.decoder.listener import main as decoder

    sys.exit(decoder(sys.argv[2:]))

from service.cli import main

sys.exit(main())
