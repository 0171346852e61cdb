// One parameter of "option forwarded": by, for, host or proto.
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Model;

/// <summary>Whether a parameter is there, and what it is made of: a sample, or without one the request and its connection.</summary>
public readonly record struct ForwardedPart(bool IsWanted, SampleExpressionConfig? Sample);
