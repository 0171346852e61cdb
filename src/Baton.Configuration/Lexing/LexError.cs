// What the lexer says when a line cannot be split into words: an open quote, a bad escape, an unknown variable.
namespace Baton.Configuration.Lexing;

/// <summary>Why a line could not be split, and where.</summary>
public readonly record struct LexError(string Message, int Column);
