// The modes that a session of the runtime API can switch on for commands outside normal use.
using System;

namespace Baton.Control.Cli;

/// <summary>Commands outside normal use, each behind a switch of the session (manual, "expert-mode", "experimental-mode").</summary>
[Flags]
public enum CliModes : byte
{
    None = 0,
    Expert = 1,
    Experimental = 2,
}
