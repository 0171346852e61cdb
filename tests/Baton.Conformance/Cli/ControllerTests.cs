// What controllers send to the runtime API, in their order: an ingress controller that fills prepared servers, the Data Plane API with its
// transactions of maps, ACLs and certificates. Both programs say the same to each command.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Cli;

public sealed class ControllerTests : CliScenario
{
    private string InDirectory(string name) => Path.Combine(Directory, name);

    /// <summary>A command and what it is answered with, blank lines aside; "DIR" stands for the test's directory.</summary>
    private void Exchange(params (string Command, string Answer)[] exchanges)
    {
        foreach ((string command, string answer) in exchanges)
        {
            string said = Ask(command.Replace("DIR", Directory, StringComparison.Ordinal))
                .Replace(Directory, "DIR", StringComparison.Ordinal);
            IEnumerable<string> lines = said.Split('\n').Select(static l => l.TrimEnd()).Where(static l => l.Length > 0);
            // where an entry lies is nobody's business
            lines = lines.Select(static l => l.StartsWith("0x", StringComparison.Ordinal) ? l[(l.IndexOf(' ') + 1)..] : l);
            Assert.Equal((command, answer), (command, string.Join('\n', lines)));
        }
    }

    private ProxyProcess StartControlled(Product product, TestCertificates certificates)
    {
        certificates.Make("ssl/default.pem", "default.example");
        File.WriteAllText(InDirectory("hosts.map"), "a.example be_a\n");
        File.WriteAllText(InDirectory("ban.acl"), "10.0.0.1\n");
        File.WriteAllText(InDirectory("list"), InDirectory("ssl/default.pem") + "\n");
        return Start(
            product,
            Global
                + HttpDefaults
                + $$"""
                    default-server check inter 1h
                frontend https
                    bind 127.0.0.1:${p1} ssl crt-list {{InDirectory("list")}}
                    bind 127.0.0.1:${p2}
                    http-request deny if { src -f {{InDirectory("ban.acl")}} }
                    use_backend %[req.hdr(host),map({{InDirectory("hosts.map")}},be_a)]
                backend be_a
                    server SRV_1 127.0.0.1:1 disabled
                    server SRV_2 127.0.0.1:1 disabled
                backend be_b
                    server SRV_1 127.0.0.1:1 disabled

                """
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void An_ingress_controller_moves_pods_in_and_out(Product product)
    {
        using var certificates = new TestCertificates(Directory);
        OriginServer one = HttpOrigin("one"),
            two = HttpOrigin("two");
        ProxyProcess proxy = StartControlled(product, certificates);
        const string same = "no need to change the addr";
        Assert.Equal(503, Connect(proxy, 2).Get().Status);
        Exchange(
            (
                $"set server be_a/SRV_1 addr 127.0.0.1 port {one.Port};set server be_a/SRV_1 state ready",
                $"{same}, port changed from '1' to '{one.Port}' by 'stats socket command'"
            ),
            ("set server be_a/SRV_9 state ready", "No such server."),
            ("set server be_x/SRV_1 state ready", "No such backend.")
        );
        Assert.Equal("one", Connect(proxy, 2).Get().Body);
        Exchange(
            ($"set server be_a/SRV_1 addr 127.0.0.1 port {one.Port}", $"{same}, no need to change the port by 'stats socket command'"),
            (
                $"set server be_a/SRV_2 addr 127.0.0.1 port {two.Port}; set server be_a/SRV_2 weight 50; set server be_a/SRV_2 state ready",
                $"{same}, port changed from '1' to '{two.Port}' by 'stats socket command'"
            ),
            ("set server be_a/SRV_1 state maint", ""),
            ("get weight be_a/SRV_2", "50 (initial 1)")
        );
        Assert.Equal("two", Connect(proxy, 2).Get().Body);
        // a pod that no prepared server is left for, and traffic that is sent there by the map
        Exchange(
            ($"add server be_b/pod1 127.0.0.1:{one.Port} check weight 10", "New server registered."),
            ("enable health be_b/pod1", ""),
            ("enable server be_b/pod1", ""),
            ($"add server be_b/pod1 127.0.0.1:{one.Port}", "Already exists a server with the same name in backend."),
            ("add map DIR/hosts.map b.example be_b", "")
        );
        Assert.Equal("one", Connect(proxy, 2).Ask("GET / HTTP/1.1\r\nHost: b.example\r\n\r\n").Body);
        Exchange(
            ("del server be_b/pod1", "Only servers in maintenance mode can be deleted."),
            ("set server be_b/pod1 state maint", ""),
            ("shutdown sessions server be_b/pod1", "")
        );
        string deleted = "";
        Eventually(() => (deleted = Ask("del server be_b/pod1").Trim()) == "Server deleted.", "not deleted");
        Exchange(("del server be_b/pod1", "No such server."));
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_Data_Plane_API_replaces_maps_and_ACLs_in_transactions(Product product)
    {
        using var certificates = new TestCertificates(Directory);
        StartControlled(product, certificates);
        Exchange(
            ("set map DIR/hosts.map a.example be_b", ""),
            (
                "get map DIR/hosts.map a.example",
                "type=str, case=sensitive, found=yes, idx=tree, key=\"a.example\", value=\"be_b\", type=\"str\""
            ),
            ("prepare map DIR/hosts.map", "New version created: 1"),
            ("add map @1 DIR/hosts.map <<\nc.example be_b\nd.example be_a\n", ""),
            ("show map DIR/hosts.map", "a.example be_b"),
            ("show map @1 DIR/hosts.map", "c.example be_b\nd.example be_a"),
            ("commit map @1 DIR/hosts.map", ""),
            ("show map DIR/hosts.map", "c.example be_b\nd.example be_a"),
            ("commit map @1 DIR/hosts.map", "Version number out of range."),
            ("del map DIR/hosts.map c.example", ""),
            ("del map DIR/hosts.map nope", "Key not found."),
            ("clear map DIR/hosts.map", ""),
            ("show map DIR/hosts.map", ""),
            ("show map DIR/nope.map", "Unknown map identifier. Please use #<id> or <file>."),
            ("add acl DIR/ban.acl 10.0.0.2", ""),
            ("get acl DIR/ban.acl 10.0.0.2", "type=ip, case=sensitive, match=yes, idx=tree, pattern=\"10.0.0.2\""),
            ("prepare acl DIR/ban.acl", "New version created: 1"),
            ("add acl @1 DIR/ban.acl 10.9.0.0/16", ""),
            ("commit acl @1 DIR/ban.acl", ""),
            ("show acl DIR/ban.acl", "10.9.0.0/16"),
            ("del acl DIR/ban.acl 10.9.0.0/16", "")
        );
    }

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void The_Data_Plane_API_replaces_certificates_in_transactions(Product product)
    {
        using var certificates = new TestCertificates(Directory);
        StartControlled(product, certificates);
        using var issued = certificates.Issue("two.example");
        string pem = TestCertificates.Text(issued).TrimEnd() + "\n";
        const string two = "DIR/ssl/two.pem",
            first = "DIR/ssl/default.pem";
        Exchange(
            ("show ssl cert", $"# filename\n{first}"),
            ($"new ssl cert {two}", $"New empty certificate store '{two}'!"),
            ($"new ssl cert {two}", $"Certificate '{two}' already exists!"),
            ($"set ssl cert {two} <<\n{pem}", $"Transaction created for certificate {two}!"),
            ("show ssl cert", $"# transaction\n*{two}\n# filename\n{first}\n{two}"),
            ($"commit ssl cert {two}", $"Committing {two}\nSuccess!"),
            ($"add ssl crt-list DIR/list <<\n{two} two.example\n", $"Inserting certificate '{two}' in crt-list 'DIR/list'.\nSuccess!"),
            ("show ssl crt-list DIR/list", $"# DIR/list\n{first}\n{two} two.example"),
            ($"set ssl cert {first} <<\n{pem}", $"Transaction created for certificate {first}!"),
            ($"commit ssl cert {first}", $"Committing {first}.\nSuccess!"),
            ($"set ssl cert {first} <<\n{pem}", $"Transaction created for certificate {first}!"),
            ($"abort ssl cert {first}", $"Transaction aborted for certificate '{first}'!"),
            ($"commit ssl cert {first}", $"No ongoing transaction! !\nCan't commit {first}!"),
            ($"del ssl crt-list DIR/list {two}", $"Entry '{two}' deleted in crtlist 'DIR/list'!"),
            ($"del ssl cert {two}", $"Certificate '{two}' deleted!"),
            ($"del ssl cert {first}", $"Can't remove the certificate: certificate '{first}' in use, can't be deleted!")
        );
    }

    /// <summary>Nagios and Zabbix read the CSV by the names in its first line, and ask for one proxy or one kind.</summary>
    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Monitors_read_the_statistics_by_name(Product product)
    {
        using var certificates = new TestCertificates(Directory);
        StartControlled(product, certificates);
        Dictionary<string, string>[] Rows(string command)
        {
            string[] lines = Ask(command).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.StartsWith("# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,", lines[0]);
            string[] names = lines[0][2..].TrimEnd(',').Split(',');
            return [.. lines.Skip(1).Select(l => names.Zip(l.Split(',')).ToDictionary(p => p.First, p => p.Second))];
        }
        Assert.Equal(
            ["https/FRONTEND", "be_a/SRV_1", "be_a/SRV_2", "be_a/BACKEND", "be_b/SRV_1", "be_b/BACKEND"],
            Rows("show stat").Select(static r => $"{r["pxname"]}/{r["svname"]}")
        );
        // every kind of every proxy: frontends 1, backends 2, servers 4
        Assert.Equal(["https"], Rows("show stat -1 1 -1").Select(static r => r["pxname"]));
        Assert.Equal(["be_a", "be_b"], Rows("show stat -1 2 -1").Select(static r => r["pxname"]));
        Assert.Equal(["MAINT", "MAINT", "MAINT"], Rows("show stat -1 4 -1").Select(static r => r["status"]));
        Assert.Equal(["SRV_1", "SRV_2", "BACKEND"], Rows("show stat be_a 6 -1").Select(static r => r["svname"]));
        string[] info = Ask("show info").Split('\n');
        foreach (string name in (string[])["Name:", "Version:", "Uptime_sec:", "CurrConns:", "Maxconn:", "Idle_pct:", "node:"])
            Assert.Contains(info, l => l.StartsWith(name, StringComparison.Ordinal));
    }
}
