// What the log needs that is gone when the line is written: the request line.
// SAFETY: _requestLine is null or a block of the worker's RequestLines, held until ReleaseCaptures; MaxRequestLine is below its size.
using System;

namespace Baton.Engine.Streams;

public sealed unsafe partial class HttpStream
{
    /// <summary>COMPAT: a byte of the room (tune.http.logurilen) is never used.</summary>
    private int MaxRequestLine => Worker.RequestLines.BlockSize - 1;

    private byte* _requestLine;
    private int _requestLineLength;

    private bool HasLog => Frontend.Log is not null;

    /// <summary>The request line as received, as far as there is room for it; empty when there was none or nothing is logged.</summary>
    public ReadOnlySpan<byte> RequestLine => _requestLine is null ? default : new ReadOnlySpan<byte>(_requestLine, _requestLineLength);

    private bool _receivedAnything;

    public override bool HasReceivedAnything => _receivedAnything;

    public override bool BecameRequest => !_isUncounted;

    public override bool IsAbnormal => base.IsAbnormal || Status >= 500;

    private void CaptureRequestLine()
    {
        if (_requestLine is null)
            _requestLine = Worker.RequestLines.Rent();
        if (_requestLine is null)
            return;
        var into = new Span<byte>(_requestLine, MaxRequestLine);
        int at = Append(into, 0, RequestHead.MethodSpan);
        at = Append(into, at, " "u8);
        at = Append(into, at, RequestHead.Target);
        _requestLineLength = Append(
            into,
            at,
            RequestHead.MajorVersion == 2 ? " HTTP/2.0"u8
                : RequestHead.MinorVersion == 0 ? " HTTP/1.0"u8
                : " HTTP/1.1"u8
        );
    }

    private static int Append(Span<byte> into, int at, ReadOnlySpan<byte> text)
    {
        int n = Math.Min(text.Length, into.Length - at);
        text[..n].CopyTo(into[at..]);
        return at + n;
    }

    protected override void ReleaseCaptures()
    {
        base.ReleaseCaptures();
        if (_requestLine is null)
            return;
        Worker.RequestLines.Return(_requestLine);
        _requestLine = null;
        _requestLineLength = 0;
    }
}
