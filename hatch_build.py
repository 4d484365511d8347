"""Build hook of the web apps."""

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Apps(BuildHookInterface):
    pass
