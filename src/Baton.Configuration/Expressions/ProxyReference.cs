using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>An argument that names a backend, a frontend or "[backend/]server"; an empty text is the section itself.</summary>
public sealed record ProxyReference(ArgumentKind Kind, string Text, string Keyword, ProxyConfig? Section, SourcePosition At);
