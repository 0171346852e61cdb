// A service that use-service may name.
using System;
using Baton.Engine.Streams;

namespace Baton.Engine.Services;

/// <param name="Name">As configurations write it.</param>
/// <param name="Create">Makes the answer to a request whose head can still be read.</param>
public sealed record ServiceKeyword(string Name, Func<HttpStream, ServiceEnd> Create);
