// Counters of one frontend, backend, server or listener, kept once per worker so that nobody shares a cache line; the
// runtime API adds them up. Names are those of the statistics columns (manual of the runtime API, "CSV format").
namespace Baton.Engine.Proxies;

/// <summary>OWNER: the worker whose index it is kept under. Others only read, and may read a value in the making.</summary>
public sealed partial class TrafficCounters
{
    /// <summary>Connections accepted (frontend, listener), sessions, HTTP requests.</summary>
    public long Connections,
        Sessions,
        Requests;
    public long BytesIn,
        BytesOut;
    public long DeniedRequests,
        DeniedResponses,
        DeniedConnections,
        DeniedSessions;
    public long RequestErrors,
        ConnectionErrors,
        ResponseErrors;
    public long Retries,
        Redispatches,
        FailedRewrites,
        InternalErrors;
    public long ClientAborts,
        ServerAborts,
        Intercepted;
    public long ConnectionAttempts,
        ConnectionReuses;

    /// <summary>Times a server was chosen by load balancing.</summary>
    public long LoadBalanced;

    /// <summary>Bytes of responses that were given to the compressor, what came of them, and those that it left as they were; responses
    /// that it had.</summary>
    public long CompressedIn,
        CompressedOut,
        CompressionBypassed,
        CompressedResponses;

    /// <summary>TLS handshakes: whole ones, resumed sessions, and those that failed.</summary>
    public long FullTls,
        ResumedTls,
        FailedTls;

    /// <summary>What passed in frames.</summary>
    public Http2Counters Http2;

    /// <summary>Counts a TLS handshake that came to something.</summary>
    public void CountTls(bool isResumed)
    {
        if (isResumed)
            ResumedTls++;
        else
            FullTls++;
    }

    /// <summary>Responses by class: [1] 1xx to [5] 5xx, [0] others.</summary>
    public readonly long[] Responses = new long[6];

    /// <summary>Sums over a sliding window of about 512 samples, in ms: queue, connect, response, total.</summary>
    public long QueueTimeSum,
        ConnectTimeSum,
        ResponseTimeSum,
        TotalTimeSum;
    public long QueueTimeMax,
        ConnectTimeMax,
        ResponseTimeMax,
        TotalTimeMax;

    /// <summary>Sessions in this and the last second.</summary>
    public readonly RateCounter SessionRate = new(),
        RequestRate = new(),
        ConnectionRate = new();

    /// <summary>Wall-clock milliseconds of the last session; 0 for never.</summary>
    public long LastSessionMs;

    /// <summary>How long requests took; of backends alone, and null before the first.</summary>
    public Latencies? Latencies;

    /// <summary>As <see cref="NoteTimes"/>, and into the histograms.</summary>
    public void NoteTimesOfBackend(long queue, long connect, long response, long total, bool http)
    {
        NoteTimes(queue, connect, response, total, http);
        Latencies all = Latencies ??= new Latencies();
        all.Response.Note(response);
        all.Total.Note(total);
    }

    public void CountResponse(int status)
    {
        int c = status / 100;
        Responses[c is >= 1 and <= 5 ? c : 0]++;
    }

    /// <summary>Folds one finished stream's times (ms, negative when they did not happen) into the averages.</summary>
    public void NoteTimes(long queue, long connect, long response, long total, bool http)
    {
        // until the window is full nothing slides out of it
        int decay = Samples(http) < Window ? 0 : 1;
        Fold(ref QueueTimeSum, ref QueueTimeMax, queue, decay);
        Fold(ref ConnectTimeSum, ref ConnectTimeMax, connect, decay);
        Fold(ref ResponseTimeSum, ref ResponseTimeMax, response, decay);
        Fold(ref TotalTimeSum, ref TotalTimeMax, total, decay);
    }

    private const int Window = 512;

    private static void Fold(ref long sum, ref long max, long value, int decay)
    {
        if (value < 0)
            return;
        sum = sum - decay * ((sum + Window - 1) / Window) + value;
        if (value > max)
            max = value;
    }

    /// <summary>Samples behind the sums. COMPAT: as many as there were requests, or balanced sessions where there are none.</summary>
    public long Samples(bool http) => System.Math.Clamp(http ? Requests - _absorbedRequests : LoadBalanced - _absorbedBalanced, 0, Window);

    private long _absorbedRequests,
        _absorbedBalanced;

    /// <summary>"clear counters": maxima only, or all of it.</summary>
    public void Clear(bool all)
    {
        QueueTimeMax = ConnectTimeMax = ResponseTimeMax = TotalTimeMax = 0;
        SessionRate.ClearMax();
        RequestRate.ClearMax();
        ConnectionRate.ClearMax();
        if (!all)
            return;
        Connections = Sessions = Requests = BytesIn = BytesOut = DeniedRequests = DeniedResponses = DeniedConnections = DeniedSessions = 0;
        RequestErrors = ConnectionErrors = ResponseErrors = Retries = Redispatches = FailedRewrites = InternalErrors = 0;
        ClientAborts = ServerAborts = Intercepted = ConnectionAttempts = ConnectionReuses = LoadBalanced = 0;
        CompressedIn = CompressedOut = CompressionBypassed = CompressedResponses = 0;
        FullTls = ResumedTls = FailedTls = 0;
        Http2.Clear();
        QueueTimeSum = ConnectTimeSum = ResponseTimeSum = TotalTimeSum = 0;
        _absorbedRequests = _absorbedBalanced = 0;
        System.Array.Clear(Responses);
        Latencies?.Response.Clear();
        Latencies?.Total.Clear();
    }
}
