// "baton help" for what has to do with health checks: options of server lines, lines of proxies and of the global section.
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

internal static class CheckGuides
{
    private static KeywordGuide Server(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.ServerOption, name, "server one 10.0.0.1:80 check " + example, arguments);

    private static KeywordGuide Row(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.Directive, name, example, arguments);

    internal static readonly KeywordGuide[] Rows =
    [
        Row("max-spread-checks", "max-spread-checks 5s"),
        Row("spread-checks", "spread-checks 5", ("percent", "by so much the time between two checks varies, either way")),
        Row("option log-health-checks", "option log-health-checks"),
        Server("addr", "addr 10.0.1.1"),
        Server("check", "inter 2s rise 2 fall 3"),
        Server("check-send-proxy", "check-send-proxy"),
        Server("check-via-socks4", "check-via-socks4 socks4 10.0.0.9:1080"),
        Server("downinter", "inter 1s downinter 10s"),
        Server("fall", "fall 5"),
        Server("fastinter", "inter 10s fastinter 1s"),
        Server("inter", "inter 5s"),
        Server("no-check-send-proxy", "no-check-send-proxy"),
        Server("on-marked-down", "on-marked-down shutdown-sessions", ("shutdown-sessions", "what it serves is ended when it goes down")),
        Server(
            "on-marked-up",
            "on-marked-up shutdown-backup-sessions",
            ("shutdown-backup-sessions", "what backups serve is ended when it is up again")
        ),
        Server("port", "port 8081"),
        Server("rise", "rise 3"),
    ];
}
