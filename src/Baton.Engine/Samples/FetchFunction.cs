// How the implementation of a sample fetch is called.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Samples;

/// <summary>Evaluates; false when there is no such thing now. <paramref name="occurrence"/> counts values of a multi-valued fetch from 0;
/// -1 is the last.</summary>
public delegate bool FetchFunction(ProxyStream stream, Argument[] arguments, int occurrence, Span<byte> scratch, ref SampleValue value);
