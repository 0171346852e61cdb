// A health check in HTTP/2: a connection with one stream, to which the check says what it would say in HTTP/1, and which answers so.
// SAFETY: pointers come with a length and are held for the call alone.
using Baton.Engine.Checks;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Http.H2;

namespace Baton.Engine.Muxes.Http2;

/// <summary>A part of its check while that has a connection in frames; used again for the next one. OWNER: the check's worker.</summary>
internal sealed unsafe class CheckFrames : Http2Outgoing, ICheckFrames
{
    private Http2ServerStream? _stream;

    public bool Begin(Connection link, IRunnable turn)
    {
        base.Begin(link, turn, ((ServerCheck)link).Server.Backend.Counters);
        _stream = Open(null);
        return _stream is not null;
    }

    public int Send(byte* bytes, int length) => _stream!.Send(bytes, length);

    public int Receive(byte* to, int length)
    {
        int n = _stream!.Receive(to, length);
        return n == -1 && _stream.HasReceivedAll ? 0 : n;
    }

    private protected override void Settle()
    {
        Output.Flush();
        if (IsOver)
            LoseStreams();
    }

    public override void Lose()
    {
        IsOver = true;
        LoseStreams();
    }

    public void End()
    {
        if (!IsOver)
            SendGoAway(LastTaken, ErrorCode.NoError);
        Output.FlushOnce();
        IsOver = true;
        _stream?.Release();
        _stream = null;
        ReleaseMemory();
    }

    public override void ReturnToPool() { }
}
