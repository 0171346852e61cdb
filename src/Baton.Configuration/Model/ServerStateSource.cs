namespace Baton.Configuration.Model;

/// <summary>load-server-state-from-file: which file says how the servers of a backend stood. Global: that of the process; Local: one of its
/// own.</summary>
public enum ServerStateSource : byte
{
    None,
    Global,
    Local,
}
