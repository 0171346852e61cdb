// The connection to an OCSP responder: asks, reads the answer, ends.
// SAFETY: what is sent and received lies in arrays that are pinned for the call, within their lengths.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Handshakes;
using Baton.Engine.Loop;
using Baton.Engine.Servers;
using Baton.Http.Certificates;

namespace Baton.Engine.OcspUpdates;

/// <summary>OWNER: the first worker. Used once.</summary>
internal sealed unsafe class OcspFetch : OutgoingConnection
{
    /// <summary>How long the whole of it may take.</summary>
    private const int PatienceMs = 10_000;

    private readonly byte[] _request;
    private readonly Action<OcspAnswer, byte[]> _done;
    private byte[] _answer = new byte[4096];
    private int _sent,
        _filled;

    private OcspFetch(Worker worker, int fd, bool connected, byte[] request, Action<OcspAnswer, byte[]> done)
    {
        (_request, _done) = (request, done);
        ResetConnection(worker, fd);
        ResetHandshake();
        CanWrite = connected;
    }

    protected override bool HasSocks => false;
    protected override bool HasPreamble => false;
    protected override SocketAddress SocksTarget => default;

    protected override ReadOnlySpan<byte> Preamble() => default;

    /// <summary>Asks; <paramref name="done"/> is called once, later or at once.</summary>
    public static void Begin(Worker worker, SocketEndpoint responder, byte[] request, Action<OcspAnswer, byte[]> done)
    {
        var plan = new ConnectPlan
        {
            Endpoint = responder,
            Target = responder.Address,
            Proxy = ProxyConfig.Inherit(null, "<OCSP-UPDATE>", ProxyCapabilities.Backend, default),
        };
        int fd = Connector.Open(worker, plan, out bool connected);
        if (fd < 0)
        {
            done(OcspAnswer.HttpError, []);
            return;
        }
        var fetch = new OcspFetch(worker, fd, connected, request, done);
        worker.Timers.Arm(fetch, worker.NowMs + PatienceMs);
        fetch.EnsureRegistered();
        fetch.Advance();
    }

    public override void OnEvents(uint events)
    {
        NoteEvents(events);
        Advance();
    }

    private void Advance()
    {
        if (!IsOpen)
            return;
        if (!IsConnected)
            switch (ShakeHands())
            {
                case HandshakeResult.Wait:
                    return;
                case HandshakeResult.Failed:
                    End(OcspAnswer.HttpError);
                    return;
            }
        while (_sent < _request.Length && CanWrite && !Failed)
            fixed (byte* p = _request)
                _sent += Math.Max(0, Send(p + _sent, _request.Length - _sent));
        while (CanRead && !Failed)
        {
            if (_filled == _answer.Length)
                Array.Resize(ref _answer, Math.Min(2 * _answer.Length, OcspQuestion.LongestAnswer + 1));
            int got;
            fixed (byte* p = _answer)
                got = Receive(p + _filled, _answer.Length - _filled);
            if (got < 0)
                break;
            _filled += got;
            OcspAnswer answer = OcspQuestion.Read(_answer.AsSpan(0, _filled), isWhole: got == 0, out ReadOnlySpan<byte> response);
            if (answer != OcspAnswer.Incomplete)
            {
                End(answer, response.ToArray());
                return;
            }
        }
        if (Failed)
            End(OcspAnswer.HttpError);
    }

    private void End(OcspAnswer answer, byte[]? response = null)
    {
        if (!IsOpen)
            return;
        Worker.Timers.Cancel(this);
        CloseSocket();
        _done(answer, response ?? []);
    }

    public override void OnTimer(long nowMs) => End(OcspAnswer.HttpError);

    public override void Abandon() => End(OcspAnswer.HttpError);

    public override void ReturnToPool() { }
}
