// A running proxy (Baton or haproxy) on a configuration text with placeholders: ${pN} a free TCP port the proxy listens on,
// ${uN} a free port for UDP, ${dN} a port where nobody listens, ${dir} the test's directory.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Xunit;

namespace Baton.Conformance.Harness;

public sealed partial class ProxyProcess : IDisposable
{
    private static readonly Lock s_inheritance = new();
    private static int s_number;
    private readonly Dictionary<string, int> _ports = [];
    private readonly StringBuilder _error = new();
    private readonly List<string> _output = [];
    private readonly ProxyOptions _options;
    private readonly Process _process;

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    private static partial int fcntl(int fd, int command, nint argument);

    public ProxyProcess(Product product, string config, string directory, ProxyOptions options)
    {
        Product = product;
        _options = options;
        Config = Fill(config, directory);
        ConfigFile = Path.Combine(directory, $"proxy{Interlocked.Increment(ref s_number)}.cfg");
        File.WriteAllText(ConfigFile, Config.EndsWith('\n') ? Config : Config + "\n");
        var info = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (
            string a in (string[])
                [
                    "-c",
                    (options.DescriptorLimit > 0 ? $"ulimit -n {options.DescriptorLimit}; " : "")
                        + (options.AddressSpaceLimit > 0 ? $"ulimit -v {options.AddressSpaceLimit}; " : "")
                        + (options.Unchecked ? "unset BATON_CHECK_POOLS; " : "")
                        + (options.Faults.Length > 0 ? $"BATON_INJECT_FAULTS={options.Faults} " : "")
                        + "exec \"$0\" \"$@\"",
                    Products.Path(product),
                    .. options.Arguments,
                    "-f",
                    ConfigFile,
                ]
        )
            info.ArgumentList.Add(a);
        // a child started by a parallel test at this moment must not inherit them too
        lock (s_inheritance)
        {
            foreach (int fd in options.Inherit)
                fcntl(fd, 2, 0);
            _process = Process.Start(info)!;
            foreach (int fd in options.Inherit)
                fcntl(fd, 2, 1);
        }
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is not null)
                lock (_output)
                    _output.Add(e.Data);
        };
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is not null)
                lock (_error)
                    _error.Append(e.Data).Append('\n');
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Product Product { get; }
    public string Config { get; }
    public string ConfigFile { get; }
    public int Pid => _process.Id;
    public bool HasExited => _process.HasExited;
    public string ErrorText
    {
        get
        {
            lock (_error)
                return _error.ToString();
        }
    }

    /// <summary>Lines written to standard output so far (logs to stdout).</summary>
    public string[] OutputLines
    {
        get
        {
            lock (_output)
                return _output.ToArray();
        }
    }

    /// <summary>The number a placeholder stands for: Port("p1").</summary>
    public int Port(string name = "p1") => _ports[name];

    public void Signal(int number) => kill(Pid, number);

    /// <summary>Waits for the end of the process; its status, 128 plus the signal if one killed it.</summary>
    public int WaitForExit(int timeoutMs = Patience.Ms)
    {
        if (!_process.WaitForExit(timeoutMs))
            Assert.Fail($"{Product} is still running after {timeoutMs} ms");
        return _process.ExitCode;
    }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes() => MemoryBytes("VmRSS");

    /// <summary>A line of /proc/PID/status that is in KB, in bytes.</summary>
    public long MemoryBytes(string name)
    {
        foreach (string line in File.ReadLines($"/proc/{Pid}/status"))
            if (line.StartsWith(name + ":", StringComparison.Ordinal))
                return long.Parse(line.AsSpan(name.Length + 1, line.Length - name.Length - 4).Trim(), CultureInfo.InvariantCulture) * 1024;
        return 0;
    }

    /// <summary>Open descriptors of the process.</summary>
    public int DescriptorCount() => Directory.GetFiles($"/proc/{Pid}/fd").Length;

    public void WaitUntilListening(int timeoutMs = Patience.Ms)
    {
        if (_options.NoWait)
            return;
        long end = Environment.TickCount64 + timeoutMs;
        while (true)
        {
            HashSet<int> listening = Ports.Listening();
            bool all = true;
            foreach ((string name, int port) in _ports)
                if (name[0] == 'p')
                    all &= listening.Contains(port);
            // haproxy listens on these last, and under a name it changes before
            foreach (Match path in UnixPath().Matches(Config))
                all &= File.Exists(path.Groups[1].Value) && Ports.ListensOn(path.Groups[1].Value);
            if (all)
                return;
            if (_process.HasExited && !_options.EndsItself)
            {
                _process.WaitForExit();
                Assert.Fail($"{Product} ended with {_process.ExitCode} at start: {ErrorText}\n{Config}");
            }
            if (Environment.TickCount64 > end)
                Assert.Fail($"{Product} does not listen: {ErrorText}\n{Config}");
            Thread.Sleep(2);
        }
    }

    private string Fill(string config, string directory) =>
        Placeholder()
            .Replace(config, match =>
            {
                string name = match.Groups[1].Value;
                if (name == "dir")
                    return directory;
                if (!_ports.TryGetValue(name, out int port))
                    _ports[name] = port = Ports.Free();
                return port.ToString(CultureInfo.InvariantCulture);
            });

    public void Dispose()
    {
        try
        {
            if (_options.EndsItself)
            {
                if (_process.HasExited)
                    return;
                _process.Kill();
                Assert.Fail($"{Product} was left running");
            }
            bool early = _process.HasExited;
            if (!early)
                kill(Pid, 15);
            if (!_process.WaitForExit(Patience.Ms))
            {
                _process.Kill();
                Assert.Fail($"{Product} does not stop on SIGTERM: {ErrorText}");
            }
            _process.WaitForExit();
            if (early || _process.ExitCode is not (0 or 143 or 130))
                Assert.Fail($"{Product} ended {(early ? "by itself" : "")} with {_process.ExitCode}: {ErrorText}");
            if (ErrorText.Contains("Unhandled", StringComparison.Ordinal))
                Assert.Fail(ErrorText);
        }
        finally
        {
            _process.Dispose();
        }
    }

    [GeneratedRegex(@"\$\{(dir|[pud][0-9]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[ \t]*(?:stats socket|bind)[ \t]+(?:unix@)?(/[^\s,]+)", RegexOptions.Multiline)]
    private static partial Regex UnixPath();
}
