// When a stream writes its log line, and what the line needs that is gone by then: the request line.
// SAFETY: _requestLine is null or a block of the worker's RequestLines, held until Release; MaxRequestLine is below its size.
using System;
using Baton.Core.Frames;
using Baton.Core.Text;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A part of its stream.</summary>
public sealed unsafe class StreamLog(ProxyStream stream)
{
    /// <summary>Level of a stream that writes no line at all (monitor-uri, "set-log-level silent").</summary>
    public const int Silent = -2;
    private bool _isWritten;
    private byte* _requestLine;
    private int _requestLineLength;

    /// <summary>"http-request set-log-level": a syslog severity, -1 when nothing was said, <see cref="Silent"/>.</summary>
    public int Level { get; set; }

    /// <summary>The line is being written before the end (option logasap): byte counts and total time carry a "+".</summary>
    public bool IsEarly { get; private set; }

    /// <summary>The frontend logs its traffic.</summary>
    internal bool IsWanted => stream.Frontend.Log is not null;
    internal bool HoldsMemory => _requestLine is not null;

    internal void Begin()
    {
        _isWritten = false;
        IsEarly = false;
        Level = -1;
    }

    /// <summary>Writes the log line of this stream, unless it was written before or an option says not to.</summary>
    internal void Write()
    {
        if (_isWritten)
            return;
        _isWritten = true;
        if (stream.Frontend.Log is { } log && Level != Silent)
            log.Emit(stream);
        Release();
    }

    /// <summary>option logasap: the answer begins (http) or the server is connected (tcp).</summary>
    internal void WriteEarly()
    {
        if (_isWritten || stream.Frontend.Log is not { IsEarly: true } log)
            return;
        _isWritten = IsEarly = true;
        if (Level != Silent)
            log.Emit(stream);
        Release();
    }

    /// <summary>COMPAT: a byte of the room (tune.http.logurilen) is never used.</summary>
    private int MaxRequestLine => stream.Worker.RequestLines.BlockSize - 1;

    /// <summary>The request line as received, as far as there is room for it; empty when there was none or nothing is logged.</summary>
    public ReadOnlySpan<byte> RequestLine => _requestLine is null ? default : new ReadOnlySpan<byte>(_requestLine, _requestLineLength);

    internal void KeepRequestLine(MessageHead head)
    {
        Span<byte> into = RentRequestLine();
        if (into.IsEmpty)
            return;
        int at = ByteText.Append(into, 0, head.MethodSpan);
        at = ByteText.Append(into, at, " "u8);
        at = ByteText.Append(into, at, head.Target);
        _requestLineLength = ByteText.Append(
            into,
            at,
            head.MajorVersion == 2 ? " HTTP/2.0"u8
                : head.MinorVersion == 0 ? " HTTP/1.0"u8
                : " HTTP/1.1"u8
        );
    }

    /// <summary>That of a stream which comes from another process.</summary>
    internal void AdoptRequestLine(ReadOnlySpan<byte> line)
    {
        if (!line.IsEmpty && IsWanted)
            _requestLineLength = ByteText.Append(RentRequestLine(), 0, line);
    }

    /// <summary>Empty when there is no memory.</summary>
    private Span<byte> RentRequestLine()
    {
        if (_requestLine is null)
            _requestLine = stream.Worker.RequestLines.Rent();
        return _requestLine is null ? default : new Span<byte>(_requestLine, MaxRequestLine);
    }

    /// <summary>Gives back what was kept for the line.</summary>
    internal void Release()
    {
        stream.Captures.Release();
        if (_requestLine is null)
            return;
        stream.Worker.RequestLines.Return(_requestLine);
        _requestLine = null;
        _requestLineLength = 0;
    }

    internal void WriteTo(FrameWriter w)
    {
        w.Int32(Level);
        w.Flag(_isWritten);
    }

    internal void ReadFrom(ref FrameReader r)
    {
        Level = r.Int32();
        _isWritten = r.Flag();
    }
}
