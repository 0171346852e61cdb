namespace Baton.Configuration.Model;

/// <summary>"init-state": how a checked server stands before its first check.</summary>
public enum InitialState : byte
{
    /// <summary>Up, and down with the first bad check.</summary>
    Up,

    /// <summary>Up, with nothing against it.</summary>
    FullyUp,

    /// <summary>Down, and up with the first good check.</summary>
    Down,

    /// <summary>Down, with all good checks to come.</summary>
    FullyDown,
}
