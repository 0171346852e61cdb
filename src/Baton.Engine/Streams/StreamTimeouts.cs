// The time-outs a stream goes by: those of its proxies, or what "set-timeout" has made of them for this stream alone.
using System;
using Baton.Configuration.Model;
using Baton.Core.Frames;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
internal sealed class StreamTimeouts(ProxyStream stream)
{
    private bool _hasOwn;
    private TimeoutsConfig _frontend,
        _backend;
    private ProxyConfig? _backendOf;

    public void Reset() => _hasOwn = false;

    public ref TimeoutsConfig Frontend => ref _hasOwn ? ref _frontend : ref stream.Frontend.Config.Timeouts;
    public ref TimeoutsConfig Backend =>
        ref _hasOwn && _backendOf == stream.Backend!.Config ? ref _backend : ref stream.Backend!.Config.Timeouts;

    /// <summary>timeout tunnel; negative when there is none.</summary>
    public int Tunnel => TunnelOf(Backend, Frontend);

    private static int TunnelOf(in TimeoutsConfig backend, in TimeoutsConfig frontend) =>
        backend.Tunnel >= 0 ? backend.Tunnel : frontend.Tunnel;

    /// <summary>Changes one time-out ("client", "connect", "queue", "server", "tarpit", "tunnel") for this stream, in ms.</summary>
    public void Set(string which, int ms)
    {
        if (!_hasOwn)
            (_frontend, _backendOf) = (stream.Frontend.Config.Timeouts, null);
        // the rules of a listen section run before its backend half is entered
        ProxyConfig? server = stream.Backend?.Config ?? (stream.Frontend.Config.IsBackend ? stream.Frontend.Config : null);
        if (server is not null && _backendOf != server)
        {
            _backend = server.Timeouts;
            _backendOf = server;
        }
        _hasOwn = true;
        switch (which)
        {
            case "client":
                _frontend.Client = ms;
                break;
            case "server":
                _backend.Server = ms;
                break;
            case "connect":
                _backend.Connect = ms;
                break;
            case "queue":
                _backend.Queue = ms;
                break;
            case "tarpit":
                _frontend.Tarpit = _backend.Tarpit = ms;
                break;
            default:
                _frontend.Tunnel = _backend.Tunnel = ms;
                break;
        }
    }

    /// <summary>Those that a relay goes by; -1 for what the configuration says.</summary>
    public void WriteTo(FrameWriter w)
    {
        ref TimeoutsConfig front = ref stream.Frontend.Config.Timeouts,
            back = ref stream.Backend!.Config.Timeouts;
        w.Int32(_hasOwn && Frontend.Client != front.Client ? Frontend.Client : -1);
        w.Int32(_hasOwn && Backend.Server != back.Server ? Backend.Server : -1);
        w.Int32(_hasOwn && Tunnel != TunnelOf(back, front) ? Tunnel : -1);
    }

    /// <summary>An older process wrote none.</summary>
    public void ReadFrom(ref FrameReader r)
    {
        foreach (string which in (ReadOnlySpan<string>)["client", "server", "tunnel"])
            if (!r.AtEnd && r.Int32() is >= 0 and int ms)
                Set(which, ms);
    }
}
