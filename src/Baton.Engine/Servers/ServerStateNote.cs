namespace Baton.Engine.Servers;

/// <summary>What "show servers state" says beyond the format of HAProxy, in lines that are comments to it.</summary>
public static class ServerStateNote
{
    /// <summary>"#configured-port BACKEND SERVER PORT": the port of the configuration the file was written under, of a server that had
    /// another one.</summary>
    public const string Port = "#configured-port";
}
