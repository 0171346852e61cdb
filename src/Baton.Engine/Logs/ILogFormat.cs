// A compiled log-format string: the seam between what a line says (Logs/Format) and where it goes (Logs/Senders).
using System;
using Baton.Engine.Streams;

namespace Baton.Engine.Logs;

/// <summary>Evaluated on the stream's worker; allocates nothing.</summary>
public interface ILogFormat
{
    /// <summary>Writes the line without its line feed, cut at the end of <paramref name="into"/>; returns the bytes written.</summary>
    int Write(ProxyStream stream, Span<byte> into);
}
