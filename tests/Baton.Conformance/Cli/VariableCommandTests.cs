// get var, set var, dynamic cookies, and the small commands: answers are haproxy 2.6's where it has the command.
using System;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class VariableCommandTests : CliScenario
{
    private RawClient StartEcho(Product product) =>
        Connect(
            Start(
                product,
                Global
                    + HttpDefaults
                    + """
                    frontend fe
                        bind 127.0.0.1:${p1}
                        http-request set-var(proc.seen) path if { path /remember }
                        http-request return status 200 content-type text/plain lf-string "%[var(proc.v)]|%[var(proc.seen)]"
                    """
            )
        );

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Variables_of_the_process(Product product)
    {
        RawClient client = StartEcho(product);
        foreach (
            (string line, string answer) in new[]
            {
                ("get var", "Missing process-wide variable identifier."),
                ("get var proc.v", "Variable not found."),
                ("get var txn.v", "Variable not found."),
                ("get var x", "Variable not found."),
                ("set var proc.v str(abc)", "This command is restricted to experimental mode only."),
                ("experimental-mode on; set var proc.v str(abc); get var proc.v", "proc.v: type=str value=<abc>"),
                ("experimental-mode on; set var proc.v int(5),add(2); get var proc.v", "proc.v: type=sint value=<7>"),
                ("experimental-mode on; set var proc.v bool(1); get var proc.v", "proc.v: type=bool value=<1>"),
                ("experimental-mode on; set var proc.v ipv4(1.2.3.4); get var proc.v", "proc.v: type=ipv4 value=<1.2.3.4>"),
                ("experimental-mode on; set var proc.v bin(0a41); get var proc.v", "proc.v: type=bin value=<.A>"),
                ("experimental-mode on; set var proc.v expr str(q); get var proc.v", "proc.v: type=str value=<q>"),
                ("experimental-mode on; set var proc.v str(a\\ b); get var proc.v", "proc.v: type=str value=<a b>"),
                ("experimental-mode on; set var proc.v fmt x%[str(y)]z; get var proc.v", "proc.v: type=str value=<xyz>"),
                (
                    "experimental-mode on; set var txn.v int(5)",
                    "'set var': cannot set variable 'txn.v', only scope 'proc' is permitted here."
                ),
                ("experimental-mode on; set var proc.v", "Missing either 'expr', 'fmt' or expression."),
                ("experimental-mode on; set var proc.v str(a b)", "'set var': arg type must be either 'expr' or 'fmt' but got 'str(a'."),
                ("experimental-mode on; set var proc.v nope(5)", "unknown fetch method 'nope'"),
                (
                    "experimental-mode on; set var foo str(a)",
                    "invalid variable name 'foo'. A variable name must be start by its scope. The scope can be 'proc', 'sess', 'txn', 'req', 'res' or 'check'"
                ),
            }
        )
            Assert.Equal($"{line} -> {answer}", $"{line} -> {Ask(line).Trim()}");
        Assert.Equal("xyz|", client.Get("/").Body);
        Assert.Equal("xyz|/remember", client.Get("/remember").Body);
        Assert.Equal("proc.seen: type=str value=</remember>", Ask("get var proc.seen").Trim());
        Assert.Equal("Permission denied", Ask("get var proc.v", "user").Trim());
        Assert.StartsWith("proc.v: ", Ask("get var proc.v", "operator"));
        // what needs a connection has no value here, and changes nothing
        Assert.NotEqual("", Ask("experimental-mode on; set var proc.v src").Trim());
        Assert.NotEqual("", Ask("experimental-mode on; set var proc.v path").Trim());
        Assert.Equal("proc.v: type=str value=<xyz>", Ask("get var proc.v").Trim());
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Dynamic_cookies_follow_the_key(Product product)
    {
        RawClient client = Connect(
            Start(
                product,
                Global
                    + HttpDefaults
                    + """
                    frontend origin
                        bind 127.0.0.1:${p2}
                        http-request return status 200
                    listen fe
                        bind 127.0.0.1:${p1}
                        cookie SRV insert
                        server a 127.0.0.1:${p2}
                    backend tcp
                        mode tcp
                    """
            )
        );
        // one that names no server takes away what the client may have
        string? Cookie() => client.Get("/")["Set-Cookie"] is { } text && !text.StartsWith("SRV=;", StringComparison.Ordinal) ? text : null;
        Assert.Null(Cookie());
        foreach (
            (string line, string answer) in new[]
            {
                ("enable dynamic-cookie backend", "A backend name is expected."),
                ("enable dynamic-cookie backend none", "No such backend."),
                ("set dynamic-cookie-key backend fe", "String value expected."),
                ("set dynamic-cookie-key backend none k", "No such backend."),
                ("set dynamic-cookie-key backend", "A backend name is expected."),
                ("set dynamic-cookie-key backend fe one", ""),
                ("enable dynamic-cookie backend tcp", ""),
            }
        )
            Assert.Equal($"{line} -> {answer}", $"{line} -> {Ask(line).Trim()}");
        Assert.Null(Cookie());
        Ask("enable dynamic-cookie backend fe");
        string one = Cookie()!;
        Assert.Matches("^SRV=[0-9a-f]{16}; path=/$", one);
        Ask("set dynamic-cookie-key backend fe two");
        string two = Cookie()!;
        Assert.Matches("^SRV=[0-9a-f]{16}; path=/$", two);
        Assert.NotEqual(one, two);
        Ask("set dynamic-cookie-key backend fe one");
        Assert.Equal(one, Cookie());
        Ask("disable dynamic-cookie backend fe");
        Assert.Null(Cookie());
        foreach (
            string command in new[]
            {
                "enable dynamic-cookie backend fe",
                "disable dynamic-cookie backend fe",
                "set dynamic-cookie-key backend fe k",
            }
        )
            Assert.Equal("Permission denied", Ask(command, "operator").Trim());
    }

    [Fact]
    public void Echo_answers_with_its_words()
    {
        StartEcho(Product.Baton);
        Assert.Equal("hello a;b\n\n\n\nend\n\n", Ask("echo hello   a\\;b; echo; echo end", "user"));
    }
}
