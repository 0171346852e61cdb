// Samples where they cannot be known, and arguments that name what is not there: both programs say so at start, with the same
// severity at the same line.
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Rules;

public sealed class SampleAvailabilityTests : Scenario
{
    /// <summary>A section, a line of it, and how haproxy 2.6 takes it: not at all, with a warning, or with an alert.</summary>
    private static readonly (string Section, string Line, string Severity)[] s_lines =
    [
        ("frontend", "http-request deny if { be_conn(nosuch) gt 1 }", "ALERT"),
        ("frontend", "http-request deny if { nbsrv gt 1 }", "ALERT"),
        ("frontend", "http-request deny if { nbsrv(fe) gt 1 }", "ALERT"),
        ("frontend", "http-request deny if { fe_conn(be) gt 1 }", "ALERT"),
        ("frontend", "http-request deny if { fe_conn(nosuch) gt 1 }", "ALERT"),
        ("frontend", "http-request deny if { srv_conn(s1) gt 1 }", "ALERT"),
        ("frontend", "http-request deny if { srv_conn(be/s1) gt 1 }", ""),
        ("frontend", "http-request deny if { srv_conn(be/s9) gt 1 }", "ALERT"),
        ("frontend", "http-request deny if { srv_conn(no/s9) gt 1 }", "ALERT"),
        ("backend", "http-request deny if { srv_conn(s1) gt 1 }", ""),
        ("backend", "http-request deny if { srv_conn(s2) gt 1 }", "ALERT"),
        ("backend", "http-request deny if { fe_conn gt 1 }", "ALERT"),
        ("listen", "http-request deny if { fe_conn gt 1 } { nbsrv gt 1 }", ""),
        ("frontend", "acl a nbsrv(nosuch) 1", "ALERT"),
        ("frontend", "log-format %[nbsrv(nosuch)]", "ALERT"),
        ("frontend", "http-request set-header x %[srv_conn(be/s9)]", "ALERT"),
        ("frontend", "http-request set-var(txn.x) be_conn(nosuch)", "ALERT"),
        ("frontend", "use_backend be if { be_conn(nosuch) 1 }", "ALERT"),
        ("frontend", "use_backend be if { res.hdr(x) 1 }", "WARNING"),
        ("frontend", "use_backend %[res.hdr(x)]", "ALERT"),
        ("backend", "use-server s1 if { res.hdr(x) 1 }", "WARNING"),
        ("frontend", "http-request set-header x %[res.hdr(x)]", "ALERT"),
        ("frontend", "http-request return status 200 content-type text/plain lf-string %[res.hdr(x)]", "ALERT"),
        ("frontend", "http-request return status 200 hdr x %[status]", "ALERT"),
        ("frontend", "http-request redirect location %[status]", "ALERT"),
        ("frontend", "http-request deny if { status 200 }", "WARNING"),
        ("frontend", "http-response set-header x %[path]", "ALERT"),
        ("frontend", "http-response set-header x %[method]", ""),
        ("frontend", "http-response deny if { path x }", "WARNING"),
        ("frontend", "http-response deny if { method GET }", ""),
        ("frontend", "log-format %[path]", "ALERT"),
        ("frontend", "log-format %[res.hdr(x)]", "ALERT"),
        ("frontend", "log-format %[status]%[method]%[srv_name]%[bc_src]", ""),
        ("frontend", "log-format %[req.len]", "ALERT"),
        ("frontend", "log-format %[req.body]", "ALERT"),
        ("frontend", "http-request set-header x %[be_name]", "ALERT"),
        ("backend", "http-request set-header x %[be_name]", ""),
        ("listen", "http-request set-header x %[be_name]", ""),
        ("frontend", "http-request set-header x %[srv_name]", "ALERT"),
        ("backend", "http-request set-header x %[srv_name]", "ALERT"),
        ("frontend", "tcp-request connection reject if { path x }", "WARNING"),
        ("frontend", "tcp-request session reject if { path x }", "WARNING"),
        ("frontend", "tcp-request content reject if { path x }", ""),
        ("frontend", "tcp-request content set-var(txn.x) path", ""),
        ("frontend", "tcp-request connection set-var(sess.x) path", "ALERT"),
        ("frontend", "tcp-request content set-var(txn.x) srv_name", "ALERT"),
        ("backend", "tcp-response content set-var(txn.x) path", "ALERT"),
        ("backend", "tcp-response content set-var(txn.x) res.len", ""),
        ("frontend", "http-request set-header x %[req.len]", "WARNING"),
        ("frontend", "http-after-response set-header x %[path]", "ALERT"),
        ("frontend", "http-after-response set-header x %[req.ver]", "ALERT"),
        ("frontend", "http-after-response set-header x %[url_param(x)]", "ALERT"),
        ("frontend", "http-after-response set-header x %[http_first_req]", ""),
        ("frontend", "redirect location /x if { status 200 }", "WARNING"),
        ("frontend", "http-response set-header x %[capture.req.uri]", ""),
        ("frontend", "http-response set-header x %[so_id]%[fe_id]%[src]%[dst_port]%[fc_rtt]", ""),
        ("frontend", "unique-id-format %[path]", ""),
        ("frontend", "http-request set-header x %[wait_end]", ""),
        ("frontend", "log-format %[base]%[url]", "ALERT"),
        ("frontend", "log-format %[req.cook(x)]", "ALERT"),
        ("frontend", "http-request deny if { req.hdr_cnt(x) gt 0 } { res.hdr_cnt(x) gt 0 }", "WARNING"),
        ("frontend", "http-request set-header x %[res.len]", "ALERT"),
        ("frontend", "tcp-request connection set-var(sess.x) fe_name", ""),
        ("frontend", "http-request set-header x %[res.ver]%[res.cook(a)]", "ALERT"),
    ];

    private const int LineOfFrontend = 8,
        LineOfBackend = 11,
        LineOfListen = 14;

    private static string Configuration(string section, string line)
    {
        string In(string name) => section == name ? "    " + line : "    # nothing";
        return $"""
            defaults
                mode http
                timeout connect 1s
                timeout client 1s
                timeout server 1s
            frontend fe
                bind 127.0.0.1:1
            {In("frontend")}
                default_backend be
            backend be
            {In("backend")}
                server s1 127.0.0.1:9
            listen li
            {In("listen")}
                bind 127.0.0.1:2

            """;
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Lines_are_taken_or_refused(Product product)
    {
        string file = Path.Combine(Directory, "lines.cfg");
        foreach ((string section, string line, string severity) in s_lines)
        {
            File.WriteAllText(file, Configuration(section, line));
            (int status, string output) = Run(Products.Path(product), "-c", "-f", file);
            int at = section switch
            {
                "frontend" => LineOfFrontend,
                "backend" => LineOfBackend,
                _ => LineOfListen,
            };
            string said = string.Join(
                ' ',
                output.Split('\n').Where(l => l.Contains($"lines.cfg:{at}]")).Select(l => l[1..l.IndexOf(']')]).Distinct()
            );
            Assert.Equal($"{section} {line} -> {severity} {(severity == "ALERT" ? 1 : 0)}", $"{section} {line} -> {said} {status}");
        }
    }
}
