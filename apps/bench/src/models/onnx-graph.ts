import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";

/** An op of a graph; attributes are whole numbers. */
export interface Node {
  readonly op: string;
  readonly name?: string;
  /** Default: the ops of ONNX itself. */
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number>>;
}

type Constant = Float32Array | Float16Array | Int8Array | Uint8Array;

/** A tensor that the model holds; its dtype is that of `data`. */
export interface Initializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Constant;
}

/** A graph with the input `x` `[rows, inFeatures]` and the output `y` `[rows, outFeatures]`. */
export interface LinearGraph {
  /** Dtype of x and y. Default: float32. */
  readonly dtype?: "float32" | "float16";
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
}

/** Name and version of an operator set outside of ONNX that MatMulNBits is in. */
export const microsoftDomain = "com.microsoft";

/** The file of an ONNX model: IR version 10, operator set 21, and Microsoft's where a node asks for it. */
export function encodeModel({ dtype, inFeatures, outFeatures, nodes, initializers }: LinearGraph): Uint8Array {
  const elemType = dtype === "float16" ? TensorProto_DataType.FLOAT16 : TensorProto_DataType.FLOAT;
  const usesMicrosoft = nodes.some(({ domain }) => domain === microsoftDomain);
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: "octet-bench",
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: "", version: 21n }),
      ...(usesMicrosoft ? [create(OperatorSetIdProtoSchema, { domain: microsoftDomain, version: 1n })] : []),
    ],
    graph: create(GraphProtoSchema, {
      name: "linear",
      node: nodes.map(toNode),
      initializer: initializers.map(toTensor),
      input: [toValue("x", elemType, inFeatures)],
      output: [toValue("y", elemType, outFeatures)],
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

function toNode({ op, name = "", domain = "", inputs, outputs, attributes = {} }: Node): NodeProto {
  return create(NodeProtoSchema, {
    opType: op,
    name,
    domain,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([key, value]) =>
      create(AttributeProtoSchema, { name: key, type: AttributeProto_AttributeType.INT, i: BigInt(value) }),
    ),
  });
}

function toTensor({ name, shape, data }: Initializer): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: dataTypeOf(data),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  });
}

function dataTypeOf(data: Constant): TensorProto_DataType {
  if (data instanceof Float32Array) return TensorProto_DataType.FLOAT;
  if (data instanceof Float16Array) return TensorProto_DataType.FLOAT16;
  return data instanceof Int8Array ? TensorProto_DataType.INT8 : TensorProto_DataType.UINT8;
}

function toValue(name: string, elemType: TensorProto_DataType, features: number): ValueInfoProto {
  const dim = [
    create(TensorShapeProto_DimensionSchema, { value: { case: "dimParam", value: "rows" } }),
    create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(features) } }),
  ];
  const tensor = create(TypeProto_TensorSchema, {
    elemType,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } }),
  });
}
