"""Does a running server do its main job from end to end?"""

from service.tools.smoke.options import Options, WrongUse, add_arguments
from service.tools.smoke.run import main, run

__all__ = ["Options", "WrongUse", "add_arguments", "main", "run"]
