// The counters of everything a stream passes: its frontend, its listener, its backend and its server. OWNER: its worker.
using Baton.Engine.Proxies;

namespace Baton.Engine.Streams;

/// <summary>A view of a stream.</summary>
internal readonly struct StreamCounters(ProxyStream stream)
{
    /// <summary>Counts something that went wrong in here on the server's side.</summary>
    public void NoteFault()
    {
        if (Backend is { } backend)
            backend.InternalErrors++;
        if (Server is { } server)
            server.InternalErrors++;
    }

    public TrafficCounters Frontend => stream.Frontend.Counters[stream.Worker.Index];
    public TrafficCounters Listener => stream.Session.Listener.Counters[stream.Worker.Index];
    public TrafficCounters? Backend => stream.Backend?.Counters[stream.Worker.Index];
    public TrafficCounters? Server => stream.Server?.Counters[stream.Worker.Index];

    /// <summary>Adds the stream's bytes and times to the counters of everything it passed.</summary>
    public void NoteEnd()
    {
        stream.Times.End = stream.Worker.NowMs;
        stream.Worker.Engine.Trace?.Closed(stream);
        long sent = stream.BytesFromClient,
            got = stream.BytesToClient;
        StickTables.StickTracking.CountBytes(stream, sent, got);
        Frontend.BytesIn += sent;
        Frontend.BytesOut += got;
        Listener.BytesIn += sent;
        Listener.BytesOut += got;
        // COMPAT: responses are counted when they have been given, with the status that was
        int status = (stream as HttpStream)?.Status ?? 0;
        if (status != 0)
            Frontend.CountResponse(status);
        if (stream.Backend is null)
            return;
        TrafficCounters backend = Backend!;
        if (status != 0)
            backend.CountResponse(status);
        backend.BytesIn += sent;
        backend.BytesOut += got;
        long queue = stream.Times.Queue >= 0 ? stream.Times.Queue - stream.Times.Request : -1;
        long connect = stream.Times.Connect >= 0 ? stream.Times.Connect - stream.Times.Queue : -1;
        long response = stream.Times.Response >= 0 && stream.Times.Connect >= 0 ? stream.Times.Response - stream.Times.Connect : -1;
        long total = stream.Times.End - (stream.Times.Begin >= 0 ? stream.Times.Begin : stream.Times.Accept);
        // COMPAT: only of streams that a server answered
        bool timed = connect >= 0 && (response >= 0 || !stream.IsHttp);
        if (timed)
            backend.NoteTimesOfBackend(queue, connect, response, total, stream.IsHttp);
        if (stream.Server is null)
            return;
        TrafficCounters server = Server!;
        server.BytesIn += sent;
        server.BytesOut += got;
        if (timed)
            server.NoteTimes(queue, connect, response, total, stream.IsHttp);
    }

    /// <summary>Counts a side that has left, or let a time-out pass.</summary>
    public void NoteAbort(bool clientFailed)
    {
        if (clientFailed)
        {
            Frontend.ClientAborts++;
            if (Backend is { } backend)
                backend.ClientAborts++;
            if (Server is { } server)
                server.ClientAborts++;
            return;
        }
        Frontend.ServerAborts++;
        if (Backend is { } b)
            b.ServerAborts++;
        if (Server is { } s)
            s.ServerAborts++;
    }
}
