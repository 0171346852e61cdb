// Base of the runtime API scenarios: a proxy with an admin, an operator and a user socket, and ways to ask.
using System.IO;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;

namespace Baton.Conformance.Cli;

public abstract partial class CliScenario : Scenario
{
    protected const string Global = """
        global
            nbthread 1
            stats socket ${dir}/admin.sock mode 600 level admin
            stats socket ${dir}/operator.sock mode 600 level operator
            stats socket ${dir}/user.sock mode 600 level user

        """;

    protected const string HttpDefaults = """
        defaults
            mode http
            timeout connect 20s
            timeout client 60s
            timeout server 60s

        """;

    /// <summary>A frontend p1 over a backend with four servers, a relay p2, an origin p3.</summary>
    protected const string Proxies =
        HttpDefaults
        + """
            frontend fe
                bind 127.0.0.1:${p1}
                default_backend be
            listen relay
                mode tcp
                bind 127.0.0.1:${p2}
                server s 127.0.0.1:${p3}
            frontend origin
                bind 127.0.0.1:${p3}
                http-request return status 200 content-type text/plain string "hello world"
            backend be
                server a 127.0.0.1:${p3} maxconn 100
                server b 127.0.0.1:${p3} weight 30 backup
                server c 127.0.0.1:${p3} disabled
            backend empty

            """;

    protected ProxyProcess StartProxies(Product product) => Start(product, Global + Proxies);

    /// <summary>Sends one line (or more) and returns all that comes back until the end.</summary>
    protected string Ask(string line, string socket = "admin")
    {
        using RawClient client = Open(socket);
        client.Send(line + "\n");
        return client.ReadTextToEnd();
    }

    protected RawClient Open(string socket = "admin") => RawClient.Unix(Path.Combine(Directory, socket + ".sock"));

    /// <summary>Lists of commands differ between the programs: only that there is one is compared.</summary>
    protected static string HideLists(string text) => CommandList().Replace(text, "LIST\n");

    [GeneratedRegex(@"(  \S[^\n]*: [^\n]*\n)+")]
    private static partial Regex CommandList();
}
