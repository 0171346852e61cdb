// "baton quickstart": invites when it serves and not before, logs a line a request, shows a page, leaves nothing, and can be taken over
// live.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Baton.Conformance.Harness;
using Xunit;

namespace Baton.Conformance.Commands;

public sealed class QuickstartTests : Scenario
{
    private sealed class Running : IDisposable
    {
        private readonly Process _process;
        private readonly List<string> _lines = [];

        public Running(string directory, params string[] arguments)
        {
            var info = new ProcessStartInfo(Products.BatonPath, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = directory,
            };
            info.Environment["TMPDIR"] = directory;
            _process = Process.Start(info)!;
            _process.OutputDataReceived += Keep;
            _process.ErrorDataReceived += Keep;
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public int Pid => _process.Id;
        public string[] Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        private void Keep(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is not null)
                lock (_lines)
                    _lines.Add(e.Data);
        }

        public int WaitForExit()
        {
            if (!_process.WaitForExit(Patience.Ms))
            {
                _process.Kill();
                Assert.Fail("it goes on");
            }
            _process.WaitForExit();
            return _process.ExitCode;
        }

        public void Dispose()
        {
            if (!_process.HasExited)
                Inheritance.Signal(Pid, 15);
            WaitForExit();
        }
    }

    private static void Invited(Running quickstart)
    {
        for (int i = 0; i < 2000 && !quickstart.Lines.Any(l => l.Contains("Each request is one line below")); i++)
            System.Threading.Thread.Sleep(10);
        Assert.True(
            quickstart.Lines.Any(l => l.Contains("Each request is one line below")),
            "no invitation: " + string.Join('\n', quickstart.Lines)
        );
    }

    private static string Ask(int port, string path, string headers = "")
    {
        using RawClient client = RawClient.Tcp(port);
        client.Send($"GET {path} HTTP/1.1\r\nHost: h\r\n{headers}Connection: close\r\n\r\n");
        return client.ReadTextToEnd();
    }

    [Fact]
    public void It_serves_and_says_so_and_leaves_nothing()
    {
        int port = Ports.FreeRange(4);
        using (var quickstart = new Running(Directory, "quickstart", "--port", port.ToString(CultureInfo.InvariantCulture)))
        {
            Invited(quickstart);
            // whoever reads the invitation finds it served
            string[] colours = [.. Enumerable.Range(0, 3).Select(_ => Ask(port, "/").Split("\r\n\r\n")[1].Trim()).Order()];
            Assert.Equal(["blue", "green", "red"], colours);
            string page = Ask(port, "/", "Accept: text/html,*/*\r\n");
            Assert.Contains("text/html", page);
            Assert.Contains("Reload it, live", page);
            Assert.EndsWith("</script>", page);
            Assert.Contains("X-Process: " + quickstart.Pid, Ask(port, "/colour", "X-Page: 1\r\n"));
            Assert.Contains($"http://127.0.0.1:{port}/", string.Join('\n', quickstart.Lines));
            int from = Array.FindIndex(quickstart.Lines, l => l.Contains("one line below"));
            Eventually(() => quickstart.Lines[from..].Count(l => l.Contains("\"GET ")) >= 4, "the requests are not logged");
            System.Threading.Thread.Sleep(100);
            // three colours, the page; what the page asks by itself is not logged, and no server logs the request once more
            Assert.Equal(4, quickstart.Lines[from..].Count(l => l.Contains("\"GET ")));
            Assert.Empty(System.IO.Directory.GetFileSystemEntries(Directory));
        }
        Assert.Empty(System.IO.Directory.GetFileSystemEntries(Directory));
    }

    [Fact]
    public void It_does_not_invite_where_it_cannot_bind()
    {
        int port = Ports.FreeRange(4);
        var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Keep(other);
        other.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port + 2));
        other.Listen(1);
        using var quickstart = new Running(Directory, "quickstart", "--port", port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(1, quickstart.WaitForExit());
        string said = string.Join('\n', quickstart.Lines);
        Assert.DoesNotContain("Baton is serving", said);
        Assert.Contains($"[127.0.0.1:{port + 2}]", said);
        Assert.Contains("--port PORT", said);
    }

    [Fact]
    public void What_it_prints_takes_it_over_live()
    {
        int port = Ports.FreeRange(4);
        string file = Path.Combine(Directory, "my.cfg"),
            number = port.ToString(CultureInfo.InvariantCulture);
        using var quickstart = new Running(Directory, "quickstart", "--port", number);
        Invited(quickstart);
        string command = quickstart.Lines.Single(l => l.Contains(" -x "));
        string[] words = command.Trim().Split(' ');
        Assert.Equal(
            ["-f", "my.cfg", "-x", $"abns@baton-quickstart-{number}", "-sf", quickstart.Pid.ToString(CultureInfo.InvariantCulture)],
            words[1..]
        );
        string text = CommandRuns.Run("quickstart", "--print", "--port", number).Output;
        File.WriteAllText(file, Regex.Replace(text, "(server green.*)", "$1 weight 3"));
        Assert.Contains("green 127.0.0.1", File.ReadAllText(file));
        // as the page does all the time
        bool over = false;
        int served = 0;
        string? wrong = null;
        var asking = new System.Threading.Thread(() =>
        {
            while (!over && wrong is null)
            {
                string answer = Ask(port, "/colour", "X-Page: 1\r\n");
                if (answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal))
                    served++;
                else
                    wrong = answer;
            }
        });
        asking.Start();
        using var next = new Running(Directory, words[1..]);
        int status = quickstart.WaitForExit();
        over = true;
        asking.Join();
        Assert.Equal((0, null), (status, wrong));
        Assert.True(served > 0);
        string[] colours = [.. Enumerable.Range(0, 10).Select(_ => Ask(port, "/colour").Split("\r\n\r\n")[1].Trim())];
        Assert.Equal(6, colours.Count(c => c == "green"));
    }
}
