// Where a connection that comes from the previous process belongs here, by the names it came with.
using System;
using System.Text;
using Baton.Core.Frames;
using Baton.Engine.Listeners;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;

namespace Baton.Engine.Handover;

/// <summary>
/// One for a batch. PERF: most items of a batch name the same places as the one before: of 15,000 connections each made five texts and
/// went through the lists of frontends and listeners.
/// </summary>
public sealed class ArrivalRoute(EngineState engine)
{
    private readonly byte[][] _names =
    [
        [],
        [],
        [],
        [],
        [],
    ];
    private bool _isKnown;

    public EngineState Engine => engine;

    /// <summary>Null when this process has none of that name.</summary>
    public FrontendState? Frontend { get; private set; }
    public ListenerState? Listener { get; private set; }
    public ServerState? Server { get; private set; }

    /// <summary>Where the server is there.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>Takes the names of an item: frontend, listener, backend, server, server's address.</summary>
    public void Read(ref FrameReader item)
    {
        bool same = _isKnown;
        for (int i = 0; i < _names.Length; i++)
        {
            ReadOnlySpan<byte> name = item.Blob();
            if (name.SequenceEqual(_names[i]))
                continue;
            same = false;
            _names[i] = name.ToArray();
        }
        if (!same)
            Resolve();
    }

    private void Resolve()
    {
        _isKnown = true;
        string listener = Name(1);
        Frontend = engine.FindFrontend(Name(0));
        Listener = Frontend is { Listeners: { Count: > 0 } all } ? all.Find(l => l.Key == listener) ?? all[0] : null;
        Server = _names[2].Length > 0 ? engine.FindBackend(_names[2].AsSpan())?.FindTarget(Name(3)) : null;
        Endpoint = Name(4);
    }

    private string Name(int index) => Encoding.UTF8.GetString(_names[index]);
}
