using System;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Logs;

/// <summary>A log-format string of plain text.</summary>
public sealed class LiteralLine(LogFormatConfig config) : ILogFormat
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(string.Concat(config.Nodes.ConvertAll(n => n.Literal)));

    public int Write(ProxyStream stream, Span<byte> into)
    {
        int length = Math.Min(_text.Length, into.Length);
        _text.AsSpan(0, length).CopyTo(into);
        return length;
    }
}
