// A program on a pseudo-terminal of its own: what it draws, keys, sizes, and what the terminal is like afterwards.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Baton.Conformance.Harness;

public sealed partial class TerminalUnderTest : IDisposable
{
    private const int O_RDWR = 2,
        O_NOCTTY = 0x100,
        O_CLOEXEC = 0x80000;

    private readonly SafeFileHandle _handle;
    private readonly FileStream _ours;

    /// <summary>The other side, held open so that there is one before the program and after it.</summary>
    private readonly SafeFileHandle _theirs;
    private readonly string _name;
    private readonly Process _process;
    private readonly StringBuilder _written = new();

    [LibraryImport("libc")]
    private static partial int posix_openpt(int flags);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc")]
    private static partial int grantpt(int fd);

    [LibraryImport("libc")]
    private static partial int unlockpt(int fd);

    [LibraryImport("libc")]
    private static partial int ptsname_r(int fd, [Out] byte[] name, nint length);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);

    public TerminalUnderTest(int rows, int columns, Dictionary<string, string> environment, params string[] command)
    {
        int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        byte[] name = new byte[64];
        Assert.True(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0 && ptsname_r(fd, name, name.Length) == 0);
        _name = Encoding.ASCII.GetString(name).TrimEnd('\0');
        _handle = new SafeFileHandle(fd, ownsHandle: true);
        _ours = new FileStream(_handle, FileAccess.ReadWrite, bufferSize: 0);
        _theirs = new SafeFileHandle(open(_name, O_RDWR | O_NOCTTY | O_CLOEXEC), ownsHandle: true);
        Resize(rows, columns);
        var info = new ProcessStartInfo("/bin/sh", ["-c", $"exec setsid -c \"$0\" \"$@\" <>{_name} >&0 2>&0", .. command]);
        info.Environment["TERM"] = "xterm-256color";
        info.Environment.Remove("NO_COLOR");
        foreach ((string variable, string value) in environment)
            info.Environment[variable] = value;
        _process = Process.Start(info)!;
        new Thread(Read) { IsBackground = true }.Start();
    }

    public int Pid => _process.Id;

    /// <summary>All that it has written so far.</summary>
    public string Written
    {
        get
        {
            lock (_written)
                return _written.ToString();
        }
    }

    /// <summary>What stands on the screen: the last frame that is whole, without sequences.</summary>
    public string Screen
    {
        get
        {
            string all = Written;
            int end = all.LastIndexOf("\x1b[?2026l", StringComparison.Ordinal),
                begin = end < 0 ? -1 : all.LastIndexOf("\x1b[H", end, StringComparison.Ordinal);
            return begin < 0 ? "" : Sequence().Replace(all[begin..end], "").Replace("\r\n", "\n", StringComparison.Ordinal);
        }
    }

    /// <summary>The terminal shows what is typed, as it did before.</summary>
    public bool Echoes
    {
        get
        {
            (int status, string settings) = Stty("-a");
            return status == 0
                && settings.Contains(" echo ", StringComparison.Ordinal)
                && settings.Contains(" icanon ", StringComparison.Ordinal);
        }
    }

    public void Type(string keys) => _ours.Write(Encoding.ASCII.GetBytes(keys));

    public void Resize(int rows, int columns) => Assert.Equal(0, Stty("rows", $"{rows}", "cols", $"{columns}").Status);

    public void Signal(int number) => kill(Pid, number);

    public int WaitForExit()
    {
        if (!_process.WaitForExit(Patience.Ms))
            Assert.Fail($"it does not end; on the screen is\n{Screen}");
        return _process.ExitCode;
    }

    private (int Status, string Output) Stty(params string[] arguments)
    {
        using Process stty = Process.Start(
            new ProcessStartInfo("stty", ["-F", _name, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        string output = stty.StandardOutput.ReadToEnd();
        stty.WaitForExit();
        return (stty.ExitCode, output.Replace('\n', ' ') + " ");
    }

    private void Read()
    {
        byte[] chunk = new byte[65536];
        try
        {
            for (int n; (n = _ours.Read(chunk)) > 0; )
                lock (_written)
                    _written.Append(Encoding.UTF8.GetString(chunk, 0, n));
        }
        // the other side is closed
        catch (IOException) { }
        catch (ObjectDisposedException) { }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _theirs.Dispose();
        _ours.Dispose();
        _handle.Dispose();
    }

    [GeneratedRegex("\x1b\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Sequence();
}
