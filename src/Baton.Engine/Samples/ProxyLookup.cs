// Backends, frontends and servers by the bytes of their name, while traffic runs: no string is made.
using System;
using System.Runtime.InteropServices;
using System.Text;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Engine.Samples;

internal static class ProxyLookup
{
    public static BackendState? Backend(EngineState engine, ReadOnlySpan<byte> name)
    {
        foreach (BackendState b in CollectionsMarshal.AsSpan(engine.Backends))
            if (IsName(b.Name, name))
                return b;
        return null;
    }

    public static FrontendState? Frontend(EngineState engine, ReadOnlySpan<byte> name)
    {
        foreach (FrontendState f in CollectionsMarshal.AsSpan(engine.Frontends))
            if (IsName(f.Name, name))
                return f;
        return null;
    }

    /// <summary>"backend/server", or a server of <paramref name="own"/>.</summary>
    public static ServerState? Server(EngineState engine, BackendState? own, ReadOnlySpan<byte> name)
    {
        int slash = name.IndexOf((byte)'/');
        BackendState? backend = slash < 0 ? own : Backend(engine, name[..slash]);
        if (backend is null)
            return null;
        // a snapshot: the runtime API may add a server meanwhile
        foreach (ServerState s in CollectionsMarshal.AsSpan(backend.Servers))
            if (s is not null && IsName(s.Name, name[(slash + 1)..]))
                return s;
        return null;
    }

    private static bool IsName(string name, ReadOnlySpan<byte> bytes)
    {
        if (name.Length != bytes.Length)
            return false;
        return Ascii.Equals(bytes, name);
    }
}
