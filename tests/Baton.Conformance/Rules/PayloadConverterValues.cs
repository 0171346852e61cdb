// What converters take out of JSON, tokens and messages of other protocols. Every value was got from HAProxy 2.6.12 unless it says
// otherwise, and the conformance test asks it again. The unit tests compile this file too.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Baton.Conformance.Rules;

internal static class PayloadConverterValues
{
    private static string Text(string text) => $"bin({Convert.ToHexString(Encoding.UTF8.GetBytes(text))})";

    private static string Bytes(params string[] hex) => $"bin({string.Concat(hex)})";

    /// <summary>A field of MQTT with its length in front, in hexadecimal.</summary>
    private static string Field(string text) => $"{text.Length:X4}{Convert.ToHexString(Encoding.UTF8.GetBytes(text))}";

    private static string Packet(string type, params string[] parts)
    {
        string body = string.Concat(parts);
        return Bytes(type, $"{body.Length / 2:X2}", body);
    }

    /// <summary>A CONNECT of version 3.1.1 with all that it can have.</summary>
    private static readonly string s_connect = Packet(
        "10",
        Field("MQTT"),
        "04C6003C",
        Field("me"),
        Field("w"),
        Field("bye"),
        Field("u"),
        Field("p")
    );

    /// <summary>One of version 5 with three properties.</summary>
    private static readonly string s_connect5 = Packet(
        "10",
        Field("MQTT"),
        "0502003C",
        "0E",
        "1100000007",
        "210005",
        "15",
        Field("abc"),
        Field("me")
    );
    private static readonly string s_acknowledgement5 = Packet("20", "0187", "03", "210005");

    /// <summary>A message of FIX with lengths and sums that fit, bars for SOH.</summary>
    private static string Fix(string body, string version = "FIX.4.4", int longer = 0, int more = 0)
    {
        string text = $"8={version}|9={body.Length + longer}|{body}".Replace('|', '\x01');
        return Text($"{text}10={(text.Sum(c => c) + more) % 256:D3}\x01");
    }

    /// <summary>{"alg":"HS256","typ":"JWT"} and {"sub":"a b","iat":5}, signed with "secret".</summary>
    private const string Token =
        "str(eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhIGIiLCJpYXQiOjV9.i7ipCbnqe6QZR6GoKepJ9-Bothx8TYmQ8bqsjYUVHIk)";

    public static readonly Dictionary<string, string> OfBoth = new()
    {
        [$"{Text("""{"n":4}""")},json_query('$.n')"] = "4",
        [$"{Text("""{"n":4}""")},json_query('$.n','int'),add(1)"] = "5",
        [$"{Text("""{"n":-7}""")},json_query('$.n')"] = "-7",
        [$"{Text("""{"n":1.5}""")},json_query('$.n')"] = "1.5",
        [$"{Text("""{"n":1.5}""")},json_query('$.n','int')"] = "1",
        [$"{Text("""{"n":1e3}""")},json_query('$.n')"] = "1000",
        [$"{Text("""{"n":12345678901234567890}""")},json_query('$.n','int')"] = "",
        [$"{Text("""{"n":"12"}""")},json_query('$.n','int')"] = "12",
        [$"{Text("""{"a":false}""")},json_query('$.a')"] = "0",
        [$"{Text("""{"a":true}""")},json_query('$.a')"] = "1",
        [$"{Text("""{"a":null}""")},json_query('$.a')"] = "",
        [$"{Text("""{"a":{"b":[1,2,"x"]}}""")},json_query('$.a')"] = "",
        [$"{Text("""{"a":{"b":[1,2,"x"]}}""")},json_query('$.a.b[2]')"] = "x",
        [$"{Text("""{"a":{"b":[1,2,"x"]}}""")},json_query('$.a.b[9]')"] = "",
        [$"{Text("""[[1],[2,3]]""")},json_query('$[1][1]')"] = "3",
        [$"{Text("""{"a":[{"b":7}]}""")},json_query('$.a[0].b')"] = "7",
        [$"{Text("""{"a":1,"a":2}""")},json_query('$.a')"] = "1",
        [$"{Text("""{"ab":1}""")},json_query('$.a')"] = "",
        [$"{Text("""{"a" : { "b" : "say \"hi\"" } }""")},json_query('$.a.b')"] = "say \"hi\"",
        [$"{Text("\"hello\"")},json_query('$')"] = "hello",
        [$"{Text("no json")},json_query('$.a')"] = "",
        [$"{Text("""{"a":1}""")},json_query('a')"] = "",
        [$"{Token},jwt_header_query('$.alg')"] = "HS256",
        [$"{Token},jwt_payload_query('$.sub')"] = "a b",
        [$"{Token},jwt_payload_query('$.iat','int'),add(1)"] = "6",
        [$"{Token},jwt_payload_query('$.none')"] = "",
        [$"{Token},jwt_verify(HS256,secret)"] = "1",
        [$"{Token},jwt_verify(HS256,other)"] = "0",
        [$"{Token},jwt_verify(HS384,secret)"] = "0",
        [$"{Token},jwt_verify(none,x)"] = "0",
        ["str(eyJhIjoxfQ.eyJhIjoyfQ.),jwt_verify(none,x)"] = "1",
        ["str(a.b),jwt_verify(HS256,secret)"] = "-3",
        ["str(a.b.c.d),jwt_verify(HS256,secret)"] = "-3",
        [$"{Token},jwt_verify(RS256,/no/such/file)"] = "-5",
        [$"{Bytes("08", "9601")},protobuf(1,int32)"] = "150",
        [$"{Bytes("08", "9601")},protobuf(1),hex"] = "9601",
        [$"{Bytes("08", "9601")},protobuf(2,int32)"] = "",
        [$"{Bytes("08", "FFFFFFFFFFFFFFFFFF01")},protobuf(1,int64)"] = "-1",
        [$"{Bytes("08", "03")},protobuf(1,sint32)"] = "-2",
        [$"{Bytes("12", "07", "74657374696E67")},protobuf(2)"] = "testing",
        [$"{Bytes("12", "07", "74657374696E67")},protobuf(2,int32)"] = "",
        [$"{Bytes("12", "09", "74657374696E67")},protobuf(2)"] = "",
        [$"{Bytes("1A", "03", "089601", "0805")},protobuf(1,int32)"] = "5",
        [$"{Bytes("1A", "03", "089601", "0805")},protobuf(3.1,int32)"] = "150",
        [$"{Bytes("0D", "01020304")},protobuf(1,fixed32)"] = "67305985",
        [$"{Bytes("0D", "FFFFFFFF")},protobuf(1,sfixed32)"] = "-1",
        [$"{Bytes("0D", "0000C03F")},protobuf(1,float)"] = "1",
        [$"{Bytes("0D", "01020304")},protobuf(1,fixed64)"] = "",
        [$"{Bytes("09", "0102030405060708")},protobuf(1,fixed64)"] = "578437695752307201",
        [$"{Bytes("09", "000000000000F83F")},protobuf(1,double)"] = "1",
        [$"{Bytes("00", "9601")},protobuf(1,int32)"] = "",
        [$"{Bytes("0000000003", "089601")},ungrpc(1,int32)"] = "150",
        [$"{Bytes("0000000009", "089601")},ungrpc(1,int32)"] = "",
        [$"{Bytes("0000000003", "089601", "0000000002", "100A")},ungrpc(2,int32)"] = "10",
        [$"{Bytes("0000000005", "1A03089601")},ungrpc(3),protobuf(1,int32)"] = "150",
        [$"{Bytes("0000000005", "1A03089601")},ungrpc(3.1,int32)"] = "150",
        [$"{Fix("35=D|49=SND|11=x|")},fix_is_valid"] = "1",
        [$"{Fix("35=0|", "FIXT.1.1")},fix_is_valid"] = "1",
        [$"{Fix("35=0|", "FIX.9.9")},fix_is_valid"] = "0",
        [$"{Fix("35=0|", longer: 1)},fix_is_valid"] = "0",
        [$"{Fix("35=0|", more: 1)},fix_is_valid"] = "0",
        [$"{Fix("49=a|")},fix_is_valid"] = "0",
        [$"{Text("8=FIX.4.4\x01")},fix_is_valid"] = "",
        [$"{Fix("35=D|49=SND|11=x|")},fix_tag_value(msgtype)"] = "D",
        [$"{Fix("35=D|49=SND|11=x|")},fix_tag_value(SenderCompID)"] = "SND",
        [$"{Fix("35=D|49=SND|11=x|")},fix_tag_value(11)"] = "x",
        [$"{Fix("35=D|49=SND|11=x|")},fix_tag_value(99)"] = "",
        [$"{s_connect},mqtt_is_valid"] = "1",
        [$"{s_connect5},mqtt_is_valid"] = "1",
        [$"{s_acknowledgement5},mqtt_is_valid"] = "1",
        [$"{Packet("10", Field("MQTT"), "0402003C")},mqtt_is_valid"] = "0",
        [$"{Packet("10", Field("MQTX"), "0402003C", Field("me"))},mqtt_is_valid"] = "0",
        [$"{Packet("10", Field("MQTT"), "0502003C", "06", "210005", "210006", Field("me"))},mqtt_is_valid"] = "0",
        [$"{Bytes("1020", "0004")},mqtt_is_valid"] = "",
        [$"{Packet("30", Field("a"))},mqtt_is_valid"] = "0",
        [$"{s_connect},mqtt_field_value(connect,flags)"] = "198",
        [$"{s_connect},mqtt_field_value(1,Client_Identifier)"] = "me",
        [$"{s_connect},mqtt_field_value(CONNECT,will_payload)"] = "bye",
        [$"{s_connect},mqtt_field_value(CONNECT,password)"] = "p",
        [$"{s_connect},mqtt_field_value(CONNECT,17)"] = "",
        [$"{s_connect5},mqtt_field_value(CONNECT,keepalive)"] = "60",
        [$"{s_connect5},mqtt_field_value(CONNECT,protocol_version)"] = "5",
        [$"{s_connect5},mqtt_field_value(CONNECT,17)"] = "7",
        [$"{s_connect5},mqtt_field_value(CONNECT,21)"] = "abc",
        [$"{s_connect5},mqtt_field_value(CONNECT,username)"] = "",
        [$"{s_acknowledgement5},mqtt_field_value(2,reason_code)"] = "135",
        [$"{s_acknowledgement5},mqtt_field_value(2,33)"] = "5",
        [$"{s_acknowledgement5},mqtt_field_value(1,flags)"] = "",
    };

    /// <summary>Where 2.6 has nothing, or six digits of a number, Baton has what newer ones have and what is there.</summary>
    public static readonly Dictionary<string, string> OfBaton = new()
    {
        [$"{Text("""{"n":1234567890123}""")},json_query('$.n')"] = "1234567890123",
        [$"{Text("""{"a":["x", 2]}""")},json_query('$.a')"] = """["x", 2]""",
        [$"{Text("""{"a":"\u20ac\ud83d\ude00"}""")},json_query('$.a'),hex"] = "E282ACF09F9880",
        [$"{Text("""{"a":"\ud83d"}""")},json_query('$.a'),hex"] = "",
        [$"{Token},jwt_header_query"] = """{"alg":"HS256","typ":"JWT"}""",
        [$"{Token},jwt_payload_query"] = """{"sub":"a b","iat":5}""",
    };
}
