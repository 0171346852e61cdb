// One place log lines go: a descriptor (stdout, stderr, fd@N) or a datagram socket (syslog over UDP, /dev/log). Shared by
// all workers: every line is one system call, which the kernel keeps whole.
// SAFETY: a line lies in a LogBuffer: its header is at most HeaderRoom long and ends at Message, its text is below MaxMessage, so
// that the line feed has its place behind it. The sockaddr is pinned for the call.
using System;
using System.Collections.Generic;
using System.Threading;
using Baton.Configuration.Model;
using Baton.Engine.Build;
using Baton.Engine.Connections;
using Baton.Interop.Linux;

namespace Baton.Engine.Logs.Senders;

public sealed unsafe class LogTarget
{
    /// <summary>Where syslog listens when no port is given.</summary>
    private const int SyslogPort = 514;

    private readonly SocketEndpoint? _endpoint;
    private readonly bool _isSocket,
        _mayBlock;
    private int _fd;
    private int _sampled;
    private long _dropped;

    /// <summary>Opens the socket a target needs; a target that cannot be opened drops its lines and counts them.</summary>
    public LogTarget(LogTargetConfig config, bool sendHostname)
    {
        Config = config;
        Format = config.Format == LogFormatKind.Unspecified ? (sendHostname ? LogFormatKind.Rfc3164 : LogFormatKind.Local) : config.Format;
        if (config.Address is { } address)
        {
            if (address.Kind is AddressKind.IPv4 or AddressKind.IPv6 or AddressKind.Name or AddressKind.Any && address.Port == 0)
                address = address with { Port = SyslogPort, PortHigh = SyslogPort, PortKind = PortKind.Absolute };
            _endpoint = AddressResolver.ServerEndpoint(address, AddressKind.Any);
            _fd = _endpoint is null
                ? -1
                : Sockets.socket(_endpoint.Family, Sockets.SOCK_DGRAM | Sockets.SOCK_NONBLOCK | Sockets.SOCK_CLOEXEC, 0);
            _isSocket = true;
            if (_fd >= 0)
                Sockets.shutdown(_fd, Sockets.SHUT_RD);
        }
        else
        {
            _fd = config.FileDescriptor;
            _isSocket = Files.IsSocket(_fd);
            _mayBlock = !_isSocket && Files.MayBlock(_fd);
        }
    }

    public LogTargetConfig Config { get; }

    /// <summary>The format with "unspecified" resolved: local, or rfc3164 where the host name is to be sent.</summary>
    public LogFormatKind Format { get; }

    /// <summary>True when the address of the target could be resolved.</summary>
    public bool IsResolved => Config.Address is null || _endpoint is not null;

    /// <summary>Lines that could not be written at once; nothing is ever waited for.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Where "log" lines lead; "log global" is all those of the global section.</summary>
    internal static LogTarget[] Of(List<LogTargetConfig> lines, GlobalConfig global, Func<LogTargetConfig, LogTarget> open)
    {
        var targets = new List<LogTarget>();
        foreach (LogTargetConfig line in lines)
        {
            if (!line.Global)
            {
                targets.Add(open(line));
                continue;
            }
            foreach (LogTargetConfig g in global.Logs)
                targets.Add(open(g));
        }
        return targets.ToArray();
    }

    /// <summary>"sample RANGES:SIZE": counts one line and says whether it is in a range. Any worker.</summary>
    public bool Samples()
    {
        if (Config.SampleSize <= 0)
            return true;
        int index = (int)((uint)(Interlocked.Increment(ref _sampled) - 1) % (uint)Config.SampleSize) + 1;
        foreach ((int low, int high) in Config.SampleRanges)
            if (index >= low && index <= high)
                return true;
        return false;
    }

    /// <summary>
    /// Puts the header in front of the message and sends both; false when the line was dropped. COMPAT: "len" bounds header
    /// and message, the line feed comes on top.
    /// </summary>
    internal bool Send(LogBuffer buffer, int length, LogIdentity who, ReadOnlySpan<byte> structuredData, int level, long now)
    {
        Span<byte> header = stackalloc byte[LogBuffer.HeaderRoom];
        int headerLength = LogHeader.Write(
            header,
            Format,
            Config.Facility,
            Math.Max(level, Config.MinLevel),
            who,
            structuredData,
            buffer,
            now
        );
        byte* start = buffer.Message - headerLength;
        header[..headerLength].CopyTo(new Span<byte>(start, headerLength));
        int total = Math.Min(headerLength + length, Config.Length);
        // the byte taken by the line feed belongs to the next target's message
        byte kept = start[total];
        start[total] = (byte)'\n';
        bool sent = Send(start, total + 1);
        start[total] = kept;
        return sent;
    }

    /// <summary>Writes one whole line without waiting. False when it was dropped.</summary>
    public bool Send(byte* line, int length)
    {
        if (TrySend(line, length))
            return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    private bool TrySend(byte* line, int length)
    {
        if (_fd < 0)
            return false;
        if (_endpoint is not null)
        {
            fixed (byte* address = _endpoint.Sockaddr)
                return Sockets.sendto(_fd, line, length, Sockets.MSG_DONTWAIT | Sockets.MSG_NOSIGNAL, address, _endpoint.Sockaddr.Length)
                    == length;
        }
        if (_isSocket)
            return Sockets.send(_fd, line, length, Sockets.MSG_DONTWAIT | Sockets.MSG_NOSIGNAL) == length;
        // a pipe or terminal is shared with others: O_NONBLOCK would be theirs too, so ask first
        if (_mayBlock && !Files.IsWritable(_fd))
            return false;
        return Files.write(_fd, line, length) == length;
    }
}
