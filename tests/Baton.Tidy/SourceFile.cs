// A C# file of the tree with its syntax, read once for all rules.
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Baton.Tidy;

public sealed class SourceFile
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, DocumentationMode.Parse);

    private SourceFile(string path, string text)
    {
        Path = path;
        Lines = text.Split('\n');
        Root = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(text, Options).GetRoot();
    }

    /// <summary>Relative to the top of the tree, with '/' between folders.</summary>
    public string Path { get; }

    public string[] Lines { get; }

    public CompilationUnitSyntax Root { get; }

    /// <summary>The line of a node's first character, counted from 1.</summary>
    public static int LineOf(SyntaxNode node) => Start(node.SyntaxTree.GetLineSpan(node.Span));

    /// <summary>The number of lines from a node's first character to its last.</summary>
    public static int Height(SyntaxNode node)
    {
        FileLinePositionSpan span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    /// <summary>Every C# file of a folder, without what builds make.</summary>
    public static IReadOnlyList<SourceFile> Under(string top, string folder) =>
        [
            .. Directory
                .EnumerateFiles(System.IO.Path.Combine(top, folder), "*.cs", SearchOption.AllDirectories)
                .Select(f => System.IO.Path.GetRelativePath(top, f).Replace('\\', '/'))
                .Where(f => !f.Contains("/obj/") && !f.Contains("/bin/"))
                .Order(System.StringComparer.Ordinal)
                .Select(f => new SourceFile(f, File.ReadAllText(System.IO.Path.Combine(top, f)))),
        ];

    private static int Start(FileLinePositionSpan span) => span.StartLinePosition.Line + 1;
}
