// What writes the text of a %alias of a log format.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Logs.Format;

public delegate int AliasWriter(ProxyStream stream, Span<byte> into, LogFormatFlags flags);
