// How the implementation of a converter is called.
using System;
using Baton.Configuration.Expressions;

namespace Baton.Engine.Samples;

public delegate bool ConvertFunction(Argument[] arguments, Span<byte> scratch, ref SampleValue value);
