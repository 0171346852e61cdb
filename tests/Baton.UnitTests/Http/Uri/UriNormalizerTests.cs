// The normal forms of URIs; the expected texts are those haproxy 2.6 makes of the same targets.
using System;
using System.Text;
using Baton.Http.Uri;
using CsCheck;
using Xunit;

namespace Baton.UnitTests.Http.Uri;

public sealed class UriNormalizerTests
{
    private delegate int Normalizer(ReadOnlySpan<byte> text, Span<byte> to);

    private static string Run(Normalizer normalizer, string text, int room = 64)
    {
        Span<byte> to = stackalloc byte[room];
        int length = normalizer(Encoding.Latin1.GetBytes(text), to);
        return length switch
        {
            UriNormalizer.Invalid => "invalid",
            UriNormalizer.NoRoom => "no room",
            _ => Encoding.Latin1.GetString(to[..length]),
        };
    }

    [Theory]
    [InlineData("/#foo", "/%23foo")]
    [InlineData("/a#b?c#d", "/a%23b?c%23d")]
    [InlineData("/", "/")]
    [InlineData("/x?y#z", "/x?y%23z")]
    [InlineData("/#", "/%23")]
    [InlineData("/##", "/%23%23")]
    public void A_fragment_is_encoded(string text, string expected) => Assert.Equal(expected, Run(UriNormalizer.EncodeFragment, text));

    [Theory]
    [InlineData("/#foo", "/")]
    [InlineData("/a#b?c#d", "/a")]
    [InlineData("/a?b#c", "/a?b")]
    public void A_fragment_is_stripped(string text, string expected) => Assert.Equal(expected, Run(UriNormalizer.StripFragment, text));

    [Theory]
    [InlineData("//", "/")]
    [InlineData("/foo//bar", "/foo/bar")]
    [InlineData("///a///", "/a/")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("/", "/")]
    public void Slashes_are_merged(string text, string expected) => Assert.Equal(expected, Run(UriNormalizer.MergeSlashes, text));

    [Theory]
    [InlineData("/.", "/")]
    [InlineData("/./bar/", "/bar/")]
    [InlineData("/a/./a", "/a/a")]
    [InlineData("/.well-known/", "/.well-known/")]
    [InlineData("/./././", "/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/./", "/a/")]
    [InlineData("/./.", "/")]
    [InlineData("/a./b", "/a./b")]
    [InlineData("/..", "/..")]
    [InlineData("/./..", "/..")]
    [InlineData("/a/./../b", "/a/../b")]
    public void Dots_go(string text, string expected) => Assert.Equal(expected, Run(UriNormalizer.StripDots, text));

    [Theory]
    [InlineData("/foo/../", "/")]
    [InlineData("/foo/../bar/", "/bar/")]
    [InlineData("/foo/bar/../", "/foo/")]
    [InlineData("/../bar/", "/../bar/")]
    [InlineData("/bar/../../", "/../")]
    [InlineData("/foo//../", "/foo/")]
    [InlineData("/foo/%2E%2E/", "/foo/%2E%2E/")]
    [InlineData("/foo/..", "/")]
    [InlineData("/..", "/../")]
    [InlineData("/foo/../..", "/../")]
    [InlineData("/../..", "/../../")]
    [InlineData("/a/b/../../c/../../d", "/../d")]
    [InlineData("/a/..b/../c", "/a/c")]
    [InlineData("/.../a/..", "/.../")]
    [InlineData("/a/../..b", "/..b")]
    [InlineData("/a/./../b", "/a/b")]
    public void Parents_take_their_child_along(string text, string expected) =>
        Assert.Equal(expected, Run((t, to) => UriNormalizer.StripParents(t, to, false), text));

    [Theory]
    [InlineData("/foo/../", "/")]
    [InlineData("/../bar/", "/bar/")]
    [InlineData("/bar/../../", "/")]
    [InlineData("/..", "/")]
    [InlineData("/foo/../..", "/")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a/b/../../../c", "/c")]
    [InlineData("/a/../..", "/")]
    [InlineData("/../..", "/")]
    [InlineData("/..a/../../b", "/b")]
    public void Parents_at_the_start_go_too(string text, string expected) =>
        Assert.Equal(expected, Run((t, to) => UriNormalizer.StripParents(t, to, true), text));

    [Theory]
    [InlineData("/%61dmin", "/admin")]
    [InlineData("/foo%3Fbar=baz", "/foo%3Fbar=baz")]
    [InlineData("/%%36%36", "/%66")]
    [InlineData("/%ZZ", "/%ZZ")]
    [InlineData("/a?%61=%7e%2d", "/a?a=~-")]
    [InlineData("/%", "/%")]
    [InlineData("/%4", "/%4")]
    [InlineData("/%7E%2F%2f", "/~%2F%2f")]
    [InlineData("/%2e%2E/", "/../")]
    [InlineData("/%00", "/%00")]
    [InlineData("/%5f%5F", "/__")]
    public void Unreserved_characters_are_decoded(string text, string expected) =>
        Assert.Equal(expected, Run((t, to) => UriNormalizer.DecodeUnreserved(t, to, false), text));

    [Theory]
    [InlineData("/%61dmin", "/admin")]
    [InlineData("/%%36%36", "invalid")]
    [InlineData("/%ZZ", "invalid")]
    [InlineData("/%", "invalid")]
    [InlineData("/%4", "invalid")]
    [InlineData("/a?b=%zz", "invalid")]
    public void Strict_decoding_refuses_what_is_broken(string text, string expected) =>
        Assert.Equal(expected, Run((t, to) => UriNormalizer.DecodeUnreserved(t, to, true), text));

    [Theory]
    [InlineData("/%6f", "/%6F")]
    [InlineData("/%zz", "/%zz")]
    [InlineData("/%aZ%af?%fa", "/%aZ%AF?%FA")]
    [InlineData("/%", "/%")]
    [InlineData("/%a", "/%a")]
    [InlineData("/a%2fB%3fq", "/a%2FB%3Fq")]
    public void Percent_digits_are_capitals(string text, string expected) =>
        Assert.Equal(expected, Run((t, to) => UriNormalizer.UppercasePercent(t, to, false), text));

    [Theory]
    [InlineData("/%6f", "/%6F")]
    [InlineData("/%zz", "invalid")]
    [InlineData("/%", "invalid")]
    [InlineData("/%a", "invalid")]
    [InlineData("/x?%fa%fz", "invalid")]
    [InlineData("/%6f%ff", "/%6F%FF")]
    public void Strict_capitals_refuse_what_is_broken(string text, string expected) =>
        Assert.Equal(expected, Run((t, to) => UriNormalizer.UppercasePercent(t, to, true), text));

    [Theory]
    [InlineData("c=3&a=1&b=2", "a=1&b=2&c=3")]
    [InlineData("aaa=3&a=1&aa=2", "a=1&aa=2&aaa=3")]
    [InlineData("a=3&b=4&a=1&b=5&a=2", "a=3&a=1&a=2&b=4&b=5")]
    [InlineData("", "")]
    [InlineData("&", "")]
    [InlineData("b&a&", "a&b")]
    [InlineData("b=1&&a", "&a&b=1")]
    [InlineData("a=b=c&a=b", "a=b=c&a=b")]
    [InlineData("B&a&A&b", "A&B&a&b")]
    [InlineData("b#a&c", "b#a&c")]
    [InlineData("=1&a", "=1&a")]
    [InlineData("c%31&c", "c&c%31")]
    public void Parameters_are_sorted_by_name(string text, string expected) => Assert.Equal(expected, Run(UriNormalizer.SortQuery, text));

    [Fact]
    public void Too_many_parameters_are_not_sorted()
    {
        var many = new StringBuilder("a");
        for (int i = 1; i <= UriNormalizer.MaxParameters; i++)
            many.Append("&a");
        Assert.Equal("no room", Run(UriNormalizer.SortQuery, many.ToString(), 8192));
        Assert.Equal(many.ToString()[2..], Run(UriNormalizer.SortQuery, many.ToString()[2..], 8192));
    }

    [Fact]
    public void Nothing_is_written_outside_and_a_normal_form_is_normal()
    {
        string[] pieces = ["/", ".", "..", "a", "%41", "%zz", "%", "#", "&", "=", "b"];
        Gen<string> path = Gen.Int[0, pieces.Length - 1].Array[0, 30].Select(p => "/" + string.Concat(Array.ConvertAll(p, i => pieces[i])));
        Normalizer[] all =
        [
            UriNormalizer.EncodeFragment,
            UriNormalizer.StripFragment,
            UriNormalizer.MergeSlashes,
            UriNormalizer.StripDots,
            (t, to) => UriNormalizer.StripParents(t, to, false),
            (t, to) => UriNormalizer.StripParents(t, to, true),
            (t, to) => UriNormalizer.UppercasePercent(t, to, false),
            UriNormalizer.SortQuery,
        ];
        Gen.Select(path, Gen.Int[0, 120], Gen.Int[0, all.Length - 1])
            .Sample(
                (text, room, which) =>
                {
                    string once = Run(all[which], text, room);
                    if (once is "no room" or "invalid")
                        return;
                    Assert.Equal(once, Run(all[which], once, 200));
                }
            );
    }
}
