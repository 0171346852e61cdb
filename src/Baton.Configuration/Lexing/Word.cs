namespace Baton.Configuration.Lexing;

/// <summary>One word of a line after quotes, escapes and variables are resolved. Column counts from 0 in the source line.</summary>
public readonly record struct Word(string Text, int Column, bool Quoted)
{
    public override string ToString() => Text;
}
