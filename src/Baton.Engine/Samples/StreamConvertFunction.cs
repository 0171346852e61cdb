// How the implementation of a converter is called that looks at more than its input.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples;

/// <summary>A conversion that needs to know the stream (variables).</summary>
public delegate bool StreamConvertFunction(ProxyStream stream, Argument[] arguments, Span<byte> scratch, ref SampleValue value);
