// openssl s_client, which can be told to change its keys in the middle of a connection.
using System;
using System.Diagnostics;
using System.Text;
using System.Threading;
using Xunit;

namespace Baton.Conformance.Harness;

public sealed class OpenSslClient : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    public OpenSslClient(int port, params string[] options)
    {
        var info = new ProcessStartInfo("openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-tls1_3", "-crlf", "-msg", .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(info)!;
        _process.OutputDataReceived += Take;
        _process.ErrorDataReceived += Take;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Await("Max Early Data", 0);
    }

    private void Take(object sender, DataReceivedEventArgs e)
    {
        lock (_output)
            _output.Append(e.Data).Append('\n');
    }

    /// <summary>A command of one letter: K changes both keys, k ours.</summary>
    public void Type(string command)
    {
        int from;
        lock (_output)
            from = _output.Length;
        _process.StandardInput.Write(command + "\n");
        _process.StandardInput.Flush();
        Await("KeyUpdate", from);
    }

    /// <summary>One request; what came until its answer was there.</summary>
    public string Ask()
    {
        int from;
        lock (_output)
            from = _output.Length;
        _process.StandardInput.Write("GET / HTTP/1.1\nHost: a\n\n");
        _process.StandardInput.Flush();
        return Await("hello", from);
    }

    private string Await(string text, int from)
    {
        for (long end = Environment.TickCount64 + Patience.Ms; Environment.TickCount64 < end; Thread.Sleep(2))
        {
            lock (_output)
            {
                string got = _output.ToString(from, _output.Length - from);
                if (got.Contains(text, StringComparison.Ordinal))
                    return got;
            }
            if (_process.HasExited)
                break;
        }
        Assert.Fail($"no '{text}': {_output}");
        return "";
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
