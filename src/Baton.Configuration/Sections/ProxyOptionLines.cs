// "option X".
using System.Collections.Generic;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Configuration.Values;

namespace Baton.Configuration.Sections;

public static class ProxyOptionLines
{
    private static DirectiveKeyword Flag(string name, SectionKinds sections, ProxyOptions option) =>
        new(
            "option " + name,
            sections,
            c =>
            {
                if (c.Expect(0, 0, "no argument"))
                    c.Proxy.Options = c.IsNo ? c.Proxy.Options & ~option : c.Proxy.Options | option;
            },
            true
        );

    private static DirectiveKeyword Mode(string name, HttpConnectionMode mode) =>
        new(
            "option " + name,
            SectionKinds.Proxies,
            c =>
            {
                if (!c.IsNo)
                    c.Proxy.ConnectionMode = mode;
                else if (c.Proxy.ConnectionMode == mode)
                    c.Proxy.ConnectionMode = HttpConnectionMode.KeepAlive;
            },
            true
        );

    /// <summary>COMPAT: the lines option httplog, tcplog and httplog clf stand for (manual 8.2).</summary>
    private const string HttpLog =
        "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r";
    private const string TcpLog = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq";
    private const string ClfLog =
        "%{+Q}o %{-Q}ci - - [%trg] %r %ST %B \"\" \"\" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl";
    private const string HttpsLog =
        HttpLog + " %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc";

    /// <summary>The formats by the names of the variables that hold them.</summary>
    public static IEnumerable<(string Name, string Format)> Formats =>
        [
            ("HAPROXY_HTTP_LOG_FMT", HttpLog),
            ("HAPROXY_TCP_LOG_FMT", TcpLog),
            ("HAPROXY_HTTP_CLF_LOG_FMT", ClfLog),
            ("HAPROXY_HTTPS_LOG_FMT", HttpsLog),
        ];

    /// <summary>The line that option tcplog stands for: what a TCP proxy logs that was told to log HTTP.</summary>
    internal const string TcpLogLine = TcpLog;

    private static void SetLog(DirectiveContext c, string format)
    {
        // COMPAT: a backend never logs; the line is checked all the same
        if (c.Section == SectionKinds.Backend)
            c.Warning($"backend '{c.Proxy.Name}' : '{c.Keyword}' directive is ignored in backends.", c.Keyword);
        c.Proxy.LogFormat = c.Expressions.ParseLogFormat(format, c.Position);
        c.Proxy.LogFormatOption = c.Keyword;
    }

    private static void HttpLogLine(DirectiveContext c)
    {
        if (c.Count > 0 && c[0] != "clf")
        {
            c.Error($"keyword 'option httplog' only supports option 'clf'.", c[0]);
            return;
        }
        SetLog(c, c.Count > 0 ? ClfLog : HttpLog);
    }

    private static void Redispatch(DirectiveContext c)
    {
        if (c.IsNo)
        {
            c.Proxy.RedispatchAfter = 0;
            return;
        }
        if (c.Count == 0)
        {
            c.Proxy.RedispatchAfter = -1;
            return;
        }
        if (c.Integer(0, -1000, 1000, out int v))
            c.Proxy.RedispatchAfter = v;
    }

    private static void RestrictNames(DirectiveContext c)
    {
        HeaderNamePolicy? policy = c[0] switch
        {
            "preserve" => HeaderNamePolicy.Preserve,
            "delete" => HeaderNamePolicy.Delete,
            "reject" => HeaderNamePolicy.Reject,
            _ => null,
        };
        if (policy is null)
            c.Error("'option http-restrict-req-hdr-names' expects 'preserve', 'delete' or 'reject'.", c[0]);
        else
            c.Proxy.HeaderNamePolicy = policy.Value;
    }

    private static ForwardForConfig? Forward(DirectiveContext c, string header)
    {
        byte[] network = [];
        int prefix = 0;
        bool ifNone = false;
        for (int i = 0; i < c.Count; i++)
        {
            switch (c[i])
            {
                case "except" when i + 1 < c.Count:
                    if (!AddressParser.Network(c[++i], out network, out prefix))
                    {
                        c.Error($"'{c.Keyword}' : bad network '{c[i]}' after 'except'.", c[i]);
                        return null;
                    }
                    break;
                case "header" when i + 1 < c.Count:
                    header = c[++i];
                    break;
                case "if-none":
                    ifNone = true;
                    break;
                default:
                    c.Error(
                        $"'{c.Keyword}' only supports optional values: 'except', 'header' and 'if-none' (got '{c[i]}'){Spelling.Hint(c[i], "except", "header", "if-none")}.",
                        c[i]
                    );
                    return null;
            }
        }
        return new ForwardForConfig(header, network, prefix, ifNone);
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("option httplog", SectionKinds.FrontSide | SectionKinds.Backend, HttpLogLine),
        new("option httpslog", SectionKinds.FrontSide | SectionKinds.Backend, c => SetLog(c, HttpsLog)),
        new("option tcplog", SectionKinds.FrontSide | SectionKinds.Backend, c => SetLog(c, TcpLog)),
        new("option redispatch", SectionKinds.BackSide, Redispatch, true),
        new("option forwardfor", SectionKinds.Proxies, c => c.Proxy.ForwardFor = c.IsNo ? null : Forward(c, "x-forwarded-for"), true),
        new("option originalto", SectionKinds.Proxies, c => c.Proxy.OriginalTo = c.IsNo ? null : Forward(c, "x-original-to"), true),
        Mode("http-keep-alive", HttpConnectionMode.KeepAlive),
        Mode("http-server-close", HttpConnectionMode.ServerClose),
        Mode("httpclose", HttpConnectionMode.Close),
        Flag("dontlognull", SectionKinds.FrontSide, ProxyOptions.DontLogNull),
        Flag("dontlog-normal", SectionKinds.FrontSide, ProxyOptions.DontLogNormal),
        Flag("log-separate-errors", SectionKinds.FrontSide, ProxyOptions.LogSeparateErrors),
        Flag("logasap", SectionKinds.FrontSide, ProxyOptions.LogAsap),
        Flag("http-buffer-request", SectionKinds.Proxies, ProxyOptions.HttpBufferRequest),
        Flag("abortonclose", SectionKinds.BackSide, ProxyOptions.AbortOnClose),
        Flag("allbackups", SectionKinds.BackSide, ProxyOptions.AllBackups),
        Flag("idle-close-on-response", SectionKinds.FrontSide, ProxyOptions.IdleCloseOnResponse),
        Flag("disable-h2-upgrade", SectionKinds.FrontSide, ProxyOptions.DisableH2Upgrade),
        Flag("http-pretend-keepalive", SectionKinds.BackSide, ProxyOptions.HttpPretendKeepAlive),
        Flag("http-use-proxy-header", SectionKinds.FrontSide, ProxyOptions.HttpUseProxyHeader),
        Flag("http-ignore-probes", SectionKinds.FrontSide, ProxyOptions.HttpIgnoreProbes),
        Flag("h1-case-adjust-bogus-client", SectionKinds.FrontSide, ProxyOptions.H1CaseAdjustBogusClient),
        Flag("h1-case-adjust-bogus-server", SectionKinds.BackSide, ProxyOptions.H1CaseAdjustBogusServer),
        Flag("independent-streams", SectionKinds.Proxies, ProxyOptions.IndependentStreams),
        new("option http-restrict-req-hdr-names", SectionKinds.Proxies, RestrictNames),
        Flag("http-drop-request-trailers", SectionKinds.BackSide, ProxyOptions.HttpDropRequestTrailers),
        Flag("http-drop-response-trailers", SectionKinds.FrontSide, ProxyOptions.HttpDropResponseTrailers),
        Flag("persist", SectionKinds.BackSide, ProxyOptions.Persist),
        Flag("prefer-last-server", SectionKinds.BackSide, ProxyOptions.PreferLastServer),
        Flag("log-health-checks", SectionKinds.BackSide, ProxyOptions.LogHealthChecks),
        Flag("checkcache", SectionKinds.BackSide, ProxyOptions.CheckCache),
        Flag("clitcpka", SectionKinds.FrontSide, ProxyOptions.ClientTcpKeepAlive),
        Flag("srvtcpka", SectionKinds.BackSide, ProxyOptions.ServerTcpKeepAlive),
        Flag("nolinger", SectionKinds.Proxies, ProxyOptions.NoLinger),
        Flag("accept-invalid-http-request", SectionKinds.FrontSide, ProxyOptions.AcceptUnsafeRequest),
        Flag("accept-unsafe-violations-in-http-request", SectionKinds.FrontSide, ProxyOptions.AcceptUnsafeRequest),
        Flag("accept-invalid-http-response", SectionKinds.BackSide, ProxyOptions.AcceptUnsafeResponse),
        Flag("accept-unsafe-violations-in-http-response", SectionKinds.BackSide, ProxyOptions.AcceptUnsafeResponse),
        // counters are always current here, and each listener has its own
        Flag("contstats", SectionKinds.FrontSide, ProxyOptions.ContStats),
        Flag("socket-stats", SectionKinds.FrontSide, ProxyOptions.SocketStats),
    ];
}
