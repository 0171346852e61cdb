// Checks that say something and expect an answer: what goes out, and what comes of each answer a server may give, on both programs.
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Checks;

public sealed class DialogueCheckTests : DialogueScenario
{
    private const string Ok = "HTTP/1.1 200 OK\r\n\r\n";

    private static readonly Case[] s_http =
    [
        new("option httpchk", $"|{Ok}", "UP L7OK 200", "OPTIONS / HTTP/1.0\r\n\r\n"),
        new("option httpchk /x", "|HTTP/1.0 404 Not Found\r\n\r\n", "DOWN L7STS 404 Not Found", "OPTIONS /x HTTP/1.0\r\n\r\n"),
        new("option httpchk HEAD /x", "|HTTP/1.1 302 Found\r\n\r\n", "UP L7OK 302", "HEAD /x HTTP/1.0\r\n\r\n"),
        new("option httpchk OPTIONS * HTTP/1.1", $"|{Ok}", "UP L7OK 200", "OPTIONS * HTTP/1.1\r\nconnection: close\r\n\r\n"),
        new("option httpchk", "|HTTP/1.1 100 Continue\r\n\r\n", "DOWN L7STS 100 Continue"),
        new(
            "option httpchk GET /x HTTP/1.1\\r\\nHost:\\ www",
            "|HTTP/1.1 500 Oops now\r\ncontent-length: 5\r\n\r\nhello",
            "DOWN L7STS 500 Oops now",
            "GET /x HTTP/1.1\r\nhost: www\r\nconnection: close\r\n\r\n"
        ),
        new("option httpchk\nhttp-check disable-on-404", "|HTTP/1.0 404 Nope\r\n\r\n", "NOLB L7OKC 404"),
        new(
            "option httpchk\nhttp-check send meth POST uri /p ver HTTP/1.1 hdr host www hdr X-A b hdr content-length 9 body hello",
            $"|{Ok}",
            "UP L7OK 200",
            "POST /p HTTP/1.1\r\nhost: www\r\nx-a: b\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello"
        ),
        new(
            "option httpchk GET /\nhttp-check send hdr Host w body abc",
            $"|{Ok}",
            "UP L7OK 200",
            "GET / HTTP/1.0\r\nhost: w\r\ncontent-length: 3\r\n\r\nabc"
        ),
        new("option httpchk\nhttp-check expect status 200-299,302", "|HTTP/1.1 303 S\r\n\r\n", "DOWN L7STS 303 S"),
        new("option httpchk\nhttp-check expect status 200-299,302", "|HTTP/1.1 302 S\r\n\r\n", "UP L7OK 302"),
        new("option httpchk\nhttp-check expect ! status 500", "|HTTP/1.1 500 S\r\n\r\n", "DOWN L7STS 500 S"),
        new("option httpchk\nhttp-check expect rstatus ^5", "|HTTP/1.1 503 S\r\n\r\n", "UP L7OK 503"),
        new("option httpchk\nhttp-check expect rstatus ^5", $"|{Ok}", "DOWN L7STS 200 OK"),
        new(
            "option httpchk\nhttp-check expect string alive",
            "|HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndead",
            "DOWN L7RSP  HTTP content check did not match"
        ),
        new("option httpchk\nhttp-check expect string alive", "|HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nis alive", "UP L7OK 200"),
        new("option httpchk\nhttp-check expect string alive", "|HTTP/1.1 200 OK\r\n\r\nal~ive$", "UP L7OK 200"),
        new(
            "option httpchk\nhttp-check expect string alive",
            "|HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nali\r\n2\r\nve\r\n0\r\n\r\n",
            "UP L7OK 200"
        ),
        new(
            "option httpchk\nhttp-check expect ! string dead",
            "|HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndead",
            "DOWN L7RSP  HTTP check matched unwanted content"
        ),
        new(
            "option httpchk\nhttp-check expect rstring al.ve comment body\\ check",
            "|HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndead",
            "DOWN L7RSP  HTTP content check did not match comment: body check"
        ),
        new("option httpchk\nhttp-check expect hdr name x-a value b", "|HTTP/1.1 200 OK\r\nX-A: c, b\r\n\r\n", "UP L7OK 200"),
        new("option httpchk\nhttp-check expect fhdr name x-a value b", "|HTTP/1.1 200 OK\r\nX-A: c, b\r\n\r\n", "DOWN L7STS 200 OK"),
        new(
            "option httpchk\nhttp-check expect fhdr name -m beg x- value -m sub c",
            "|HTTP/1.1 200 OK\r\nx-a: abc, d\r\n\r\n",
            "UP L7OK 200"
        ),
        new("option httpchk\nhttp-check expect hdr name x-b", $"|{Ok}", "DOWN L7STS 200 OK"),
        new("option httpchk", "|garbage\r\n\r\n", "DOWN L7RSP"),
        new("option httpchk", "|$", "DOWN L7RSP"),
        new("option httpchk", "|HTTP/1.1 20$", "DOWN L7RSP"),
        new("option httpchk\ndefault-server inter 60", "|", "DOWN L7TOUT"),
        new("option httpchk\ntimeout check 60\ndefault-server inter 10s", "|", "DOWN L7TOUT"),
        new("option httpchk\nhttp-check expect status 200 on-success fine", $"|{Ok}", "UP L7OK 200 fine"),
        new("option httpchk\nhttp-check expect status 200 ok-status L7OKC", $"|{Ok}", "NOLB L7OKC 200"),
        new("option httpchk\nhttp-check expect status 201 error-status L7RSP", $"|{Ok}", "DOWN L7RSP  OK"),
        new("option httpchk\nhttp-check comment first\nhttp-check expect status 201", $"|{Ok}", "DOWN L7STS 200 OK comment: first"),
        new(
            "option httpchk\nhttp-check connect\nhttp-check send uri /1\nhttp-check expect status 200\nhttp-check connect port 1\nhttp-check send uri /2",
            $"|{Ok}",
            "DOWN L4CON  Connection refused",
            "OPTIONS /1 HTTP/1.0\r\n\r\n"
        ),
        new("http-check expect status 500", "|", "UP L4OK"),
    ];

    private static readonly Case[] s_tcp =
    [
        new("option tcp-check", "|", "UP L4OK"),
        new(
            "option tcp-check\ntcp-check connect\ntcp-check send PING\\r\\n\ntcp-check expect string +PONG",
            "|+PONG\r\n",
            "UP L7OK 0 (tcp-check)",
            "PING\r\n"
        ),
        new(
            "option tcp-check\ntcp-check connect\ntcp-check send PING\\r\\n\ntcp-check expect string +PONG",
            "|-ERR\r\n$",
            "DOWN L7RSP  TCPCHK did not match content '+PONG' at step 3"
        ),
        new(
            "option tcp-check\ntcp-check send PING\ntcp-check expect string +PONG\ntcp-check send a\ntcp-check expect string b comment waiting\\ for\\ b",
            "|+PONG\r\n|c$",
            "DOWN L7RSP  TCPCHK did not match content 'b' at step 4 comment: waiting for b"
        ),
        new("option tcp-check\ntcp-check expect rstring ^2..", "500 no$", "DOWN L7RSP  TCPCHK did not match content (regex) at step 1"),
        new("option tcp-check\ntcp-check expect rstring ^2..", "220 yes\r\n", "UP L7OK 0 (tcp-check)"),
        new(
            "option tcp-check\ntcp-check send-binary 50494e470d0a\ntcp-check expect binary 2b504f4e47",
            "|+PONG\r\n",
            "UP L7OK 0 (tcp-check)",
            "PING\r\n"
        ),
        new("option tcp-check\ntcp-check expect binary 2b504f4e47", "xx$", "DOWN L7RSP  TCPCHK did not match content (binary) at step 1"),
        new("option tcp-check\ntcp-check expect rbinary ^2B50", "+PONG", "UP L7OK 0 (tcp-check)"),
        new(
            "option tcp-check\ntcp-check expect rbinary ^2B51",
            "+PONG$",
            "DOWN L7RSP  TCPCHK did not match content (binary regex) at step 1"
        ),
        new("option tcp-check\ntcp-check expect ! string bad", "is bad", "DOWN L7RSP  TCPCHK matched unwanted content 'bad' at step 1"),
        new("option tcp-check\ntcp-check expect ! string bad", "is good$", "UP L7OK 0 (tcp-check)"),
        new("option tcp-check\ntcp-check expect string x min-recv 2", "abc", "DOWN L7RSP  TCPCHK did not match content 'x' at step 1"),
        new(
            "option tcp-check\ndefault-server inter 60\ntcp-check expect string x tout-status L6TOUT",
            "abc",
            "DOWN L6TOUT   at step 1 of tcp-check (expect string 'x')"
        ),
        new("option tcp-check\ntcp-check expect on-error oops error-status L7STS string +PONG", "no$", "DOWN L7STS 0 oops"),
        new("option tcp-check\ntcp-check expect on-success yes ok-status L6OK string +PONG", "+PONG", "UP L6OK  yes"),
        new("option tcp-check\ntcp-check expect ok-status L7OKC string +PONG", "+PONG", "NOLB L7OKC 0 (tcp-check)"),
        new(
            "option tcp-check\ntcp-check connect port 1 comment second\\ port",
            "",
            "DOWN L4CON  Connection refused at step 1 of tcp-check (connect port 1) comment: 'second port'"
        ),
        new("option tcp-check\ntcp-check connect linger\ntcp-check send QUIT", "|", "UP L7OK 0 (tcp-check)", "QUIT"),
        new(
            "option tcp-check\ntcp-check comment hello\ntcp-check connect\ntcp-check expect string abc",
            "$",
            "DOWN L7RSP  TCPCHK got an empty response at step 3"
        ),
        new("option tcp-check\ntcp-check connect send-proxy\ntcp-check expect string abc", "|abc", "UP L7OK 0 (tcp-check)"),
    ];

    private const string Greeting = "\u001A\0\0\0\n10.11.6\0aaaaaaaaaaaaaaaaa";

    private static readonly Case[] s_protocols =
    [
        new("option smtpchk", "220 hello\r\n|250 ok\r\n|221 bye\r\n", "UP L7OK 221 bye", "HELO localhost\r\n"),
        new("option smtpchk EHLO my.dom", "220 hello\r\n|250-ok\r\n250 x\r\n|221 bye\r\n", "UP L7OK 221 bye", "EHLO my.dom\r\n"),
        new("option smtpchk", "554 go away\r\n|", "DOWN L7STS 554 go away"),
        new("option smtpchk", "22$", "DOWN L7RSP  22"),
        new("option smtpchk", "220 hello\r\n|500 no\r\n$", "DOWN L7STS 500 no"),
        new("option redis-check", "|+PONG\r\n", "UP L7OK 0 Redis server is ok", "*1\r\n$4\r\nPING\r\n"),
        new("option redis-check", "|$", "DOWN L7STS 0 TCPCHK got an empty response at step 2"),
        new("option redis-check\ndefault-server inter 60", "|-NOAUTH Authentication required.\r\n", "DOWN L7TOUT"),
        new("option ssl-hello-chk", "|\u0016\u0003\u0001\0\u0001\u0002", "UP L6OK"),
        new("option ssl-hello-chk", "|\u0015\u0003\u0001\0\u0002\u0002\u0028", "UP L6OK"),
        new("option ssl-hello-chk", "|HTTP/1.0 400\r\n", "DOWN L6RSP"),
        new(
            "option ldap-check",
            "|0\u000C\u0002\u0001\u0001a\u0007\n\u0001\0\u0004\0\u0004\0",
            "UP L7OK 0",
            "0\u000C\u0002\u0001\u0001`\u0007\u0002\u0001\u0003\u0004\0\u0080\0"
        ),
        new(
            "option ldap-check",
            "|0\u000C\u0002\u0001\u0001a\u0007\n\u0001\u0031\u0004\0\u0004\0",
            "DOWN L7STS 49 See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9"
        ),
        new("option ldap-check", "|abc$", "DOWN L7RSP  Not LDAPv3 protocol"),
        new(
            "option pgsql-check user joe",
            "|R\0\0\0\u0008\0\0\0\0",
            "UP L7OK 0 PostgreSQL server is ok",
            "\0\0\0\u0012\0\u0003\0\0user\0joe\0\0"
        ),
        new("option pgsql-check user joe", "|E\0\0\0\u0019SFATAL\0C28000\0Mno entry\0\0", "DOWN L7RSP  FATAL"),
        new("option pgsql-check user joe", "|xyz$", "DOWN L7STS 0 PostgreSQL unknown error"),
        new("option mysql-check", Greeting, "UP L7OK 0"),
        new("option mysql-check", "\u0010\0\0\0\u00FF\u0069\u0004Host blocked.", "DOWN L7STS 1129 Host blocked."),
        new("option mysql-check", "abc$", "DOWN L7RSP"),
        new(
            "option mysql-check user joe",
            Greeting + "|\u0007\0\0\u0002\0\0\0\u0002\0\0\0",
            "UP L7OK 0",
            "%\0\0\u0001\0\u0082\0\0\0\u0080\0\u0001!\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0joe\0\0\u0001\0\0\0\u0001"
        ),
        new(
            "option mysql-check user joe pre-41",
            Greeting + "|\u0007\0\0\u0002\0\0\0\u0002\0\0\0",
            "UP L7OK 0",
            "\n\0\0\u0001\0\u0080\0\0\u0001joe\0\0\u0001\0\0\0\u0001"
        ),
        new(
            "option mysql-check user joe",
            Greeting + "|\u0018\0\0\u0002\u00FF\u0015\u0004#28000Access denied x",
            "DOWN L7STS 1045 #28000Access denied x"
        ),
    ];

    /// <summary>A frame of an SPOE agent: its type, flags, stream and frame 0, and named values as they are.</summary>
    private static string Frame(char type, string items, char last = '\u0001') =>
        $"|\0\0\0{(char)(items.Length + 7)}{type}\0\0\0{last}\0\0{items}";

    private const string Version = "\u0007version\u0008\u00032.0",
        Size = "\u000Emax-frame-size\u0003\u00FC\u00F0\u0006",
        Capabilities = "\u000Ccapabilities\u0008\0";

    private static readonly Case[] s_spop =
    [
        new(
            "option spop-check",
            Frame('e', Version + Size + Capabilities),
            "UP L7OK 0",
            "\0\0\0N\u0001\0\0\0\u0001\0\0\u0012supported-versions\u0008\u00032.0\u000Emax-frame-size\u0003\u00FC\u00F0\u0006"
                + "\u000Ccapabilities\u0008\0\u000Bhealthcheck\u0011"
        ),
        new("option spop-check", Frame('e', Version + Size + "\u0001x\u0006\u0001\u0002\u0003\u0004\u0001y\u0011"), "UP L7OK 0"),
        new("option spop-check", Frame('e', Version), "DOWN L7RSP  max-frame-size value not found"),
        new("option spop-check", Frame('e', Size), "DOWN L7RSP  version value not found"),
        new("option spop-check", Frame('e', "\u0007version\u0008\u00032.1" + Size), "DOWN L7RSP  unsupported version"),
        new("option spop-check", Frame('e', "\u0007version\u0003\u0002" + Size + Capabilities), "DOWN L7RSP  invalid frame received"),
        new("option spop-check", Frame('e', Version + "\u000Emax-frame-size\u0003d"), "DOWN L7RSP  max-frame-size too big or too small"),
        new("option spop-check", Frame('e', Version + Size + Capabilities, '\0'), "DOWN L7RSP  fragmentation not supported"),
        new("option spop-check", Frame('g', Version + Size + Capabilities), "DOWN L7RSP  invalid frame received"),
        new("option spop-check", Frame('f', "\u000Bstatus-code\u0003\u0003\u0007message\u0008\u0002no"), "DOWN L7RSP  frame is too big"),
        new("option spop-check\ndefault-server inter 60", "|\0\0\0\u0010e\0", "DOWN L7TOUT"),
    ];

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Agents_of_stream_processing(Product product) => Check(product, s_spop);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Protocols(Product product) => Check(product, s_protocols);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Http(Product product) => Check(product, s_http);

    [Theory, MemberData(nameof(Products.Both), MemberType = typeof(Products))]
    public void Tcp(Product product) => Check(product, s_tcp);
}
