// Converters on constants: values, wrong arguments, types that do not fit.
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Baton.Configuration.Diagnostics;
using Baton.Configuration.Expressions;
using Baton.Configuration.Lexing;
using Baton.Configuration.Model;
using Baton.Conformance.Rules;
using Baton.Engine.Rules;
using Baton.Engine.Samples;
using Xunit;

namespace Baton.UnitTests.Engine.Samples;

public sealed class ConverterTests
{
    private static SampleExpressionConfig? Parse(string expression, out DiagnosticSink sink)
    {
        sink = new DiagnosticSink();
        return new ExpressionParser(EngineCatalog.Create(), sink)
            .ParseFormat($"%[{expression}]", new SourcePosition("t.cfg", 1), SampleNeeds.None)
            ?.Nodes[0]
            .Sample;
    }

    /// <summary>Nothing here looks at a stream.</summary>
    private static string Evaluate(string expression)
    {
        SampleExpressionConfig? config = Parse(expression, out DiagnosticSink sink);
        Assert.True(config is not null, sink.All.Count > 0 ? sink.All[0].Message : "");
        SampleValue value = default;
        byte[] scratch = new byte[32768],
            number = new byte[48];
        return config.Evaluate(null!, -1, scratch, ref value) ? Encoding.Latin1.GetString(value.AsText(number)) : "";
    }

    public static TheoryData<string, string> Values()
    {
        var data = new TheoryData<string, string>();
        foreach ((string expression, string value) in ConverterValues.OfConstants)
            // nbsrv and the like ask the engine
            if (!expression.Contains("nbsrv", System.StringComparison.Ordinal))
                data.Add(expression, value);
        foreach ((string expression, string value) in ConverterValues.OfNewer)
            data.Add(expression, value);
        foreach ((string expression, string value) in PayloadConverterValues.OfBoth.Concat(PayloadConverterValues.OfBaton))
            // tokens are verified on a stream
            if (!expression.Contains("jwt_verify", System.StringComparison.Ordinal))
                data.Add(expression, value);
        return data;
    }

    [Theory, MemberData(nameof(Values))]
    public void Value(string expression, string value) => Assert.Equal(value, Evaluate(expression));

    [Theory]
    [InlineData("str(a),sha2(100)", "invalid args in converter 'sha2' : Unsupported number of bits: '100'")]
    [InlineData("str(a),digest(nosuch)", "invalid args in converter 'digest'")]
    [InlineData("str(a),hmac(sha1,%%%)", "invalid args in converter 'hmac'")]
    [InlineData("str(a),field(0,-)", "Unexpected value 0 for index")]
    [InlineData("str(a),field(1)", "missing argument <delimiters> for 'field'")]
    [InlineData("str(a),bytes(-1)", "Invalid offset")]
    [InlineData("str(a),bytes(x)", "'bytes' expects an integer for <offset>")]
    [InlineData("str(a),json(latin1)", "Unexpected input code type")]
    [InlineData("str(a),json_query()", "json_path must not be empty")]
    [InlineData("str(a),json_query('$.a','str')", "output_type only supports \"int\" as argument, got 'str'")]
    [InlineData("str(a),jwt_verify(XX256,k)", "unknown JWT algorithm: XX256")]
    [InlineData("bin(00),protobuf(1,string)", "Wrong protocol buffer type 'string'")]
    [InlineData("bin(00),protobuf(1.x)", "'1.x' is no field number")]
    [InlineData("bin(00),fix_tag_value(foo)", "Unknown FIX tag name 'foo'")]
    [InlineData("bin(00),mqtt_field_value(foo,flags)", "Unknown MQTT type 'foo'")]
    [InlineData("bin(00),mqtt_field_value(connack,username)", "Unknown MQTT field name 'username' for packet type 'connack'")]
    [InlineData("str(a),add_item(-,,)", "one of the optional arguments has to be nonempty")]
    [InlineData("str(a),lower(1)", "too many arguments for 'lower'")]
    [InlineData("str(a),sha1,add(1)", "converter 'add' cannot be applied")]
    [InlineData("src,ipmask(33)", "failed to parse '33' as an IPv4 netmask")]
    [InlineData("int(1),http_date(0,min)", "expects 's', 'ms' or 'us'")]
    [InlineData("int(1),add(none)", "invalid variable name 'none'")]
    public void Refuses(string expression, string message)
    {
        Assert.Null(Parse(expression, out DiagnosticSink sink));
        Assert.Contains(message, Assert.Single(sink.All).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(55)]
    [InlineData(56)]
    [InlineData(64)]
    [InlineData(200)]
    public void Sha224_of_any_length_has_28_bytes(int length) =>
        Assert.Equal(56, Evaluate($"str({new string('a', length)}),sha2(224),hex").Length);
}
