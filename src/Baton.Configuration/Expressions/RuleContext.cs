// What a rule set can know when its rules run (manual 7.3, the layers of sample fetches), and the words for what it cannot.
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

internal static class RuleContext
{
    private const SampleNeeds Connection = SampleNeeds.Client | SampleNeeds.Session | SampleNeeds.LogTime | SampleNeeds.Frontend;
    internal const SampleNeeds Request = Connection | SampleNeeds.RequestLine | SampleNeeds.Transaction | SampleNeeds.Backend | SampleNeeds.RequestPayload | SampleNeeds.RequestHead | SampleNeeds.RequestBody;
    private const SampleNeeds Response = Connection | SampleNeeds.RequestLine | SampleNeeds.ResponseLine | SampleNeeds.Transaction | SampleNeeds.Backend | SampleNeeds.Server | SampleNeeds.ResponsePayload | SampleNeeds.ResponseHead | SampleNeeds.ResponseBody;

    private static SampleNeeds Available(RuleSets set) => set switch
    {
        RuleSets.TcpRequestConnection or RuleSets.TcpRequestSession => Connection,
        RuleSets.TcpRequestContent or RuleSets.HttpRequest or RuleSets.Redirect => Request,
        RuleSets.TcpResponseContent or RuleSets.HttpResponse => Response,
        RuleSets.Global => SampleNeeds.None,
        _ => (SampleNeeds)ushort.MaxValue,
    };

    /// <summary>Whether a fetch of a log format has something to say at the moment the format is for.</summary>
    public static bool IsKept(SampleExpressionConfig sample, SampleNeeds available) => sample.Needs == SampleNeeds.None || (sample.Needs & available) != 0;

    public static bool Knows(RuleSets set, SampleNeeds needs) => needs == SampleNeeds.None || (needs & Available(set)) != 0;

    /// <summary>"request buffer": the first thing of what is needed.</summary>
    public static string Describe(SampleNeeds needs) => (SampleNeeds)((ushort)needs & -(ushort)needs) switch
    {
        SampleNeeds.Client => "client address", SampleNeeds.Session => "session", SampleNeeds.RequestPayload => "request buffer", SampleNeeds.RequestHead => "HTTP request headers",
        SampleNeeds.RequestBody => "HTTP request body", SampleNeeds.Backend => "backend info", SampleNeeds.Server => "server info", SampleNeeds.ResponsePayload => "response buffer",
        SampleNeeds.ResponseHead => "HTTP response headers", SampleNeeds.ResponseBody => "HTTP response body",
        SampleNeeds.RequestLine => "HTTP request line", SampleNeeds.ResponseLine => "HTTP status line", _ => "transaction",
    };

    public static string Name(RuleSets set) => set switch
    {
        RuleSets.TcpRequestConnection => "tcp-request connection", RuleSets.TcpRequestSession => "tcp-request session", RuleSets.TcpRequestContent => "tcp-request content",
        RuleSets.TcpResponseContent => "tcp-response content", RuleSets.HttpRequest => "http-request", RuleSets.HttpResponse => "http-response",
        RuleSets.HttpAfterResponse => "http-after-response", RuleSets.Redirect => "redirect", _ => "global",
    };

    public static string Side(ProxyConfig proxy) => proxy.IsFrontend && proxy.IsBackend ? "proxy" : proxy.IsFrontend ? "frontend" : "backend";
}
