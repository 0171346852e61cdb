// Sizes and headers of files, functions and types.
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Baton.Tidy;

public sealed class ShapeTests
{
    private const int FunctionLines = 70;
    private const int FileLines = 600;
    private const int Columns = 140;
    private const int PartialFiles = 3;
    private const int TypeLines = 600;

    /// <summary>An internal type of at most so many lines may stand in the file of the type it belongs to.</summary>
    private const int CompanionLines = 25;

    [Fact]
    public void Functions_fit_a_screen() =>
        Exceptions.Check(
            "function",
            from file in Tree.All
            from function in file.Root.DescendantNodes()
            where function is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
            let height = SourceFile.Height(function)
            where height > FunctionLines
            select new Finding(file.Path, SourceFile.LineOf(function), $"a function of {height} lines, {FunctionLines} fit a screen")
        );

    [Fact]
    public void Files_are_short() =>
        Exceptions.Check(
            "file",
            from file in Tree.All
            where file.Lines.Length > FileLines
            select new Finding(file.Path, file.Lines.Length, $"{file.Lines.Length} lines, {FileLines} are enough")
        );

    [Fact]
    public void Lines_fit_a_window() =>
        Exceptions.Check(
            "line",
            from file in Tree.All
            from i in Enumerable.Range(0, file.Lines.Length)
            let width = Width(file.Lines[i])
            where width > Columns && !IsText(file, i)
            select new Finding(file.Path, i + 1, $"{width} columns, {Columns} fit a window")
        );

    [Fact]
    public void Files_say_what_they_are() =>
        Exceptions.Check(
            "header",
            from file in Tree.Product
            where !file.Lines[0].StartsWith("//") && !HasDocumentedType(file)
            select new Finding(file.Path, 1, "a comment that says what this file is and where it sits")
        );

    /// <summary>An exception must not travel through C, which knows nothing of it: who is called from there catches all of them.</summary>
    [Fact]
    public void Callbacks_let_no_exception_through() =>
        Exceptions.Check(
            "callback",
            from file in Tree.Product
            where file.Path.StartsWith("src/Baton.Engine/")
            from method in file.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
            where method.AttributeLists.SelectMany(l => l.Attributes).Any(a => a.Name.ToString() == "UnmanagedCallersOnly")
            where method.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => !IsCaught(call))
            select new Finding(file.Path, SourceFile.LineOf(method), $"{method.Identifier.Text} is called from C and may throw")
        );

    private static bool IsCaught(SyntaxNode call) =>
        call.Ancestors().Any(a => a is CatchClauseSyntax)
        || call.Ancestors()
            .OfType<TryStatementSyntax>()
            .Any(t => t.Catches.Any(c => c.Filter is null && c.Declaration?.Type.ToString() == "Exception"));

    [Fact]
    public void A_type_lies_in_at_most_three_files() =>
        Exceptions.Check(
            "partial",
            from part in Tree.Product.SelectMany(f => Parts(f).Select(t => (File: f, Type: t)))
            group part by (Folder: System.IO.Path.GetDirectoryName(part.File.Path), Name: part.Type.Identifier.Text) into type
            where type.Count() > PartialFiles
            select new Finding(
                $"{type.Key.Folder}/{type.Key.Name}",
                type.Count(),
                $"lies in {type.Count()} files: what wants a fourth is a collaborator with a name"
            )
        );

    /// <summary>Parts do not make a type smaller.</summary>
    [Fact]
    public void A_type_is_short_over_all_its_parts() =>
        Exceptions.Check(
            "size",
            from part in Tree.Product.SelectMany(f => Parts(f).Select(t => (File: f, Type: t)))
            group part by (Folder: System.IO.Path.GetDirectoryName(part.File.Path), Name: part.Type.Identifier.Text) into type
            let height = type.Sum(p => SourceFile.Height(p.Type))
            where height > TypeLines
            select new Finding($"{type.Key.Folder}/{type.Key.Name}", height, $"{height} lines over its parts, {TypeLines} are enough")
        );

    [Fact]
    public void A_file_holds_one_public_type() =>
        Exceptions.Check(
            "type",
            from file in Tree.All
            let types = Types(file).Where(t => !t.Modifiers.Any(SyntaxKind.FileKeyword)).ToList()
            where types.Count > 1
            let owner = Owner(file, types)
            from type in types
            where type != owner && (type.Modifiers.Any(SyntaxKind.PublicKeyword) || SourceFile.Height(type) > CompanionLines)
            select new Finding(file.Path, SourceFile.LineOf(type), $"{NameOf(type)} belongs in a file of its own")
        );

    [Fact]
    public void Unsafe_code_says_why_it_is_sound() =>
        Exceptions.Check(
            "safety",
            from file in Tree.Product
            let first = file.Root.DescendantTokens().FirstOrDefault(t => t.IsKind(SyntaxKind.UnsafeKeyword))
            where first != default && !file.Lines.Any(l => l.Contains("SAFETY:"))
            select new Finding(file.Path, first.GetLocation().GetLineSpan().StartLinePosition.Line + 1, "unsafe without SAFETY:")
        );

    [Fact]
    public void Nothing_is_left_to_do() =>
        Exceptions.Check(
            "todo",
            from file in Tree.Product
            from i in Enumerable.Range(0, file.Lines.Length)
            where file.Lines[i].Contains("TODO") || file.Lines[i].Contains("FIXME")
            select new Finding(file.Path, i + 1, "do it, or name the issue")
        );

    /// <summary>The number of characters of a line, those beyond the first plane counted once.</summary>
    private static int Width(string line) => line.Count(c => !char.IsLowSurrogate(c));

    /// <summary>Whether what sticks out is the text of a literal, which only a person can cut, and what closes behind it.</summary>
    private static bool IsText(SourceFile file, int line)
    {
        string text = file.Lines[line].TrimEnd(';', ',', ')');
        int column = System.Math.Min(Columns, text.Length - 1);
        int position = file.Root.SyntaxTree.GetText().Lines[line].Start + column;
        return file.Root.FindToken(position).Parent!.AncestorsAndSelf().Any(IsTextLiteral);
    }

    private static bool IsTextLiteral(SyntaxNode node) =>
        node is InterpolatedStringExpressionSyntax
        || node.Kind() is SyntaxKind.StringLiteralExpression or SyntaxKind.Utf8StringLiteralExpression;

    private static bool HasDocumentedType(SourceFile file) =>
        file
            .Root.DescendantNodes()
            .OfType<MemberDeclarationSyntax>()
            .FirstOrDefault(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            is { } type
        && type.GetLeadingTrivia().Any(t => t.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia));

    /// <summary>The type that a file is named after, or its first public one, or its first.</summary>
    private static MemberDeclarationSyntax Owner(SourceFile file, List<MemberDeclarationSyntax> types)
    {
        string name = System.IO.Path.GetFileName(file.Path).Split('.')[0];
        return types.Find(t => NameOf(t) == name) ?? types.Find(t => t.Modifiers.Any(SyntaxKind.PublicKeyword)) ?? types[0];
    }

    private static IEnumerable<MemberDeclarationSyntax> Types(SourceFile file) =>
        file
            .Root.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    private static string NameOf(MemberDeclarationSyntax type) =>
        type is BaseTypeDeclarationSyntax named ? named.Identifier.Text : ((DelegateDeclarationSyntax)type).Identifier.Text;

    private static IEnumerable<TypeDeclarationSyntax> Parts(SourceFile file) =>
        file
            .Root.DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<TypeDeclarationSyntax>()
            .Where(t => t.Modifiers.Any(SyntaxKind.PartialKeyword));
}
