// What a rule set can know when its rules run (manual 7.3, the layers of sample fetches), and the words for what it cannot.
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

internal static class RuleContext
{
    public const SampleNeeds All = (SampleNeeds)ushort.MaxValue;
    private const SampleNeeds Connection = SampleNeeds.Client | SampleNeeds.Session | SampleNeeds.LogTime | SampleNeeds.Frontend;
    private const SampleNeeds Request =
        Connection
        | SampleNeeds.Transaction
        | SampleNeeds.RequestPayload
        | SampleNeeds.RequestHead
        | SampleNeeds.RequestLine
        | SampleNeeds.RequestBody;
    private const SampleNeeds Answered =
        Connection
        | SampleNeeds.Transaction
        | SampleNeeds.Backend
        | SampleNeeds.Server
        | SampleNeeds.RequestLine
        | SampleNeeds.ResponseLine;
    private const SampleNeeds Response = Answered | SampleNeeds.ResponsePayload | SampleNeeds.ResponseHead | SampleNeeds.ResponseBody;

    /// <summary>Between the steps of a health check, which has no client.</summary>
    public const SampleNeeds Check =
        SampleNeeds.Backend
        | SampleNeeds.Server
        | SampleNeeds.ResponsePayload
        | SampleNeeds.ResponseHead
        | SampleNeeds.ResponseLine
        | SampleNeeds.ResponseBody;

    /// <summary>When a log line is written the heads are gone; their first lines are kept.</summary>
    public const SampleNeeds Log = Answered;

    /// <summary>Rules of the request know the backend in a section that is one.</summary>
    public static SampleNeeds Available(RuleSets set, ProxyConfig proxy) =>
        set switch
        {
            RuleSets.TcpRequestConnection or RuleSets.TcpRequestSession => Connection,
            RuleSets.TcpRequestContent or RuleSets.HttpRequest or RuleSets.Redirect or RuleSets.UseBackend => proxy.IsBackend
            || proxy.Capabilities == ProxyCapabilities.Defaults
                ? Request | SampleNeeds.Backend
                : Request,
            RuleSets.UseServer => Request | SampleNeeds.Backend,
            RuleSets.TcpResponseContent or RuleSets.HttpResponse or RuleSets.HttpAfterResponse => Response,
            RuleSets.Check => Check,
            RuleSets.Global => SampleNeeds.None,
            _ => All,
        };

    public static bool Knows(SampleNeeds available, SampleNeeds needs) => needs == SampleNeeds.None || (needs & available) != 0;

    /// <summary>"request buffer": the first thing of what is needed.</summary>
    public static string Describe(SampleNeeds needs) =>
        (SampleNeeds)((ushort)needs & -(ushort)needs) switch
        {
            SampleNeeds.Client => "client address",
            SampleNeeds.Session => "session",
            SampleNeeds.RequestPayload => "request buffer",
            SampleNeeds.RequestHead => "HTTP request headers",
            SampleNeeds.RequestBody => "HTTP request headers",
            SampleNeeds.RequestLine => "HTTP request",
            SampleNeeds.Frontend => "frontend",
            SampleNeeds.Backend => "backend",
            SampleNeeds.Server => "server",
            SampleNeeds.ResponsePayload => "response buffer",
            SampleNeeds.ResponseHead => "HTTP response headers",
            SampleNeeds.ResponseBody => "HTTP response headers",
            SampleNeeds.ResponseLine => "HTTP response",
            _ => "transaction",
        };

    public static string Name(RuleSets set) =>
        set switch
        {
            RuleSets.TcpRequestConnection => "tcp-request connection",
            RuleSets.TcpRequestSession => "tcp-request session",
            RuleSets.TcpRequestContent => "tcp-request content",
            RuleSets.TcpResponseContent => "tcp-response content",
            RuleSets.HttpRequest => "http-request",
            RuleSets.HttpResponse => "http-response",
            RuleSets.HttpAfterResponse => "http-after-response",
            RuleSets.Redirect => "redirect",
            RuleSets.UseBackend => "use_backend",
            RuleSets.UseServer => "use-server",
            RuleSets.Check => "check",
            _ => "global",
        };

    public static string Side(ProxyConfig proxy) =>
        proxy.IsFrontend && proxy.IsBackend ? "proxy"
        : proxy.IsFrontend ? "frontend"
        : "backend";
}
